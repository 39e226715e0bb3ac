import { type IBin } from './bins';
import { type IPlotData, type ISeries, known } from './data';

/** Content of a bin in one series. */
export interface IReadoutRow {
  readonly name: string;
  readonly kind: 'layer' | 'line' | 'points' | 'data' | 'total' | 'panel';
  readonly color: string | null;
  readonly value: number;

  /** Uncertainties below and above; NaN where unknown. */
  readonly lower: number;
  readonly upper: number;
}

/** What is said of the bin under the pointer. */
export interface IReadout {
  readonly range: string;
  readonly rows: readonly IReadoutRow[];

  /** The same of the panel below. */
  readonly panel: readonly IReadoutRow[];
}

/** Collects what is known of a bin, in the order of the legend. */
export function readBin(data: IPlotData, bin: number): IReadout {
  const row = (series: ISeries, kind: IReadoutRow['kind']): IReadoutRow => ({
    name: series.name,
    kind,
    color: series.color,
    value: series.values[bin],
    lower: series.lower[bin],
    upper: series.upper[bin]
  });
  const rows: IReadoutRow[] = [];
  for (const curve of data.curves) {
    rows.push(row(curve, curve.role === 'band' ? 'line' : curve.role));
  }
  for (const layer of [...data.layers].reverse()) {
    rows.push(row(layer, 'layer'));
  }
  if (data.band && data.layers.length > 1) {
    rows.push(row(data.band, 'total'));
  }
  const panel = (data.panel?.curves ?? []).map(curve => row(curve, 'panel'));
  return { range: binText(data.bins[bin]), rows, panel };
}

/** Writes which bin it is. */
export function binText({ category, high, low }: IBin): string {
  return category ?? rangeText(low, high);
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
 * significant digits of the error, and the value to the same place. Errors
 * that differ are written as below and above.
 */
export function measurementText(
  value: number,
  lower: number,
  upper = lower
): string {
  const error = Math.max(known(lower), known(upper));
  if (!(error > 0) || !Number.isFinite(value)) {
    return Number.isFinite(value) ? numberText(value) : '–';
  }
  const least = Math.min(...[lower, upper].filter(end => end > 0));
  const digits = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(least))));
  const format = new Intl.NumberFormat(undefined, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits
  });
  const [low, high] = [lower, upper].map(end => format.format(known(end)));
  return low === high
    ? `${format.format(value)} ± ${high}`
    : `${format.format(value)} +${high} −${low}`;
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
