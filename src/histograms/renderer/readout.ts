import { type IPlotData, type ISeries, errorOf } from './bins';

/** Content of a bin in one series. */
export interface IReadoutRow {
  readonly name: string;
  readonly kind: 'layer' | 'total' | 'measured';
  readonly color: string | null;
  readonly value: number;
  readonly error: number;
}

/** What is said of the bin under the pointer. */
export interface IReadout {
  readonly range: string;
  readonly rows: readonly IReadoutRow[];
}

/** Collects what is known of a bin, in the order of the legend. */
export function readBin(data: IPlotData, bin: number): IReadout {
  const { category, low, high } = data.bins[bin];
  const row = (
    series: ISeries,
    kind: IReadoutRow['kind'],
    color: string | null
  ): IReadoutRow => ({
    name: series.name,
    kind,
    color,
    value: series.values[bin],
    error: errorOf(series.variances[bin])
  });
  const rows: IReadoutRow[] = [];
  if (data.measured) {
    rows.push(row(data.measured, 'measured', null));
  }
  for (const layer of [...data.layers].reverse()) {
    rows.push(row(layer, 'layer', layer.color));
  }
  if (data.total && data.layers.length > 1) {
    rows.push(row(data.total, 'total', null));
  }
  return { range: category ?? rangeText(low, high), rows };
}

/** Writes a range of numbers: half open, as bins are. */
export function rangeText(low: number, high: number): string {
  if (low === -Infinity) {
    return `< ${edgeText(high)}`;
  }
  if (high === Infinity) {
    return `≥ ${edgeText(low)}`;
  }
  return `${edgeText(low)} – ${edgeText(high)}`;
}

/**
 * Writes a value with its error to the digits that the error allows: two
 * significant digits of the error, and the value to the same place.
 */
export function measurementText(value: number, error: number): string {
  if (!(error > 0) || !Number.isFinite(value)) {
    return numberText(value);
  }
  const digits = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(error))));
  const format = new Intl.NumberFormat(undefined, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits
  });
  return `${format.format(value)} ± ${format.format(error)}`;
}

function numberText(value: number): string {
  return new Intl.NumberFormat(undefined, {
    maximumSignificantDigits: 6
  }).format(value);
}

/** Edges are written without the dust that dividing an axis into bins leaves. */
function edgeText(edge: number): string {
  return String(Number(edge.toPrecision(6))).replace('-', '−');
}
