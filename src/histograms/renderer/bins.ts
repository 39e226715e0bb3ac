import type { Axis } from '../../services/models';
import type { IFrame } from '../frame';

import { palette } from './palette';

/** The contents of one category, bin by bin. */
export interface ISeries {
  readonly name: string;
  readonly values: readonly number[];
  readonly variances: readonly number[];
}

/** A category of the stack. */
export interface ILayer extends ISeries {
  readonly color: string;
}

/** A bin as it is drawn and read out. */
export interface IBin {
  /** Lower end; -Infinity for the underflow. */
  readonly low: number;

  /** Upper end; Infinity for the overflow. */
  readonly high: number;

  /** Name of the category or number, where bins are not ranges. */
  readonly category: string | null;
}

/** What is drawn: a frame with bins, order, colours and roles settled. */
export interface IPlotData {
  readonly bins: readonly IBin[];

  /** Ends of the bins on the drawn scale: one more than bins, all finite. */
  readonly positions: readonly number[];

  /** The stack, from bottom to top. */
  readonly layers: readonly ILayer[];

  /** Sum of the layers; null without layers. */
  readonly total: ISeries | null;

  /** Sum of what was measured and not simulated; null where there is none. */
  readonly measured: ISeries | null;
}

/** How a frame is prepared for drawing. */
export interface IPlotDataOptions {
  /** True to show underflow and overflow as bins at the ends. */
  readonly flow: boolean;

  /**
   * The categories in the order of the stack. A category keeps its colour when
   * another one appears, as long as its place among these stays.
   */
  readonly order: readonly string[];

  /** True to draw all as points, as means are that do not add up to a stack. */
  readonly points: boolean;

  /** Name of the sum of several measured datasets. */
  readonly measuredName: string;

  /** Name of the bin for what is in none of the categories. */
  readonly otherName: string;
}

/** Width of a flow bin relative to the whole axis. */
const FLOW_WIDTH = 0.04;

/** Integer axes of no more bins are labelled number by number. */
const FEW_NUMBERS = 20;

/** Settles what is drawn of a frame. */
export function plotData(frame: IFrame, options: IPlotDataOptions): IPlotData {
  const sources = binSources(frame, options);
  const names = frame.header.stack;
  const order = [
    ...options.order,
    ...names.filter(name => !options.order.includes(name))
  ];
  const asPoints = (name: string): boolean =>
    options.points || isMeasured(name);
  const simulated = order.filter(name => !asPoints(name));
  const colours = palette(simulated.length);
  const layers: ILayer[] = [];
  const measured: ISeries[] = [];
  for (const name of order) {
    const row = names.indexOf(name);
    if (row < 0) {
      continue;
    }
    const series: ISeries = {
      name,
      values: sources.map(({ columns }) => sumOf(frame.values[row], columns)),
      variances: sources.map(({ columns }) =>
        sumOf(frame.variances[row], columns)
      )
    };
    if (asPoints(name)) {
      measured.push(series);
    } else {
      layers.push({ ...series, color: colours[simulated.indexOf(name)] });
    }
  }
  return {
    bins: sources.map(({ bin }) => bin),
    positions: drawnPositions(sources),
    layers,
    total: addSeries(layers, ''),
    measured: addSeries(
      measured,
      measured.length === 1 ? measured[0].name : options.measuredName
    )
  };
}

/**
 * Tells by its name whether a category holds measured events: these are drawn
 * as points on top of the stack.
 */
export function isMeasured(category: string): boolean {
  return (
    /^(pseudo|toy|asimov)?[-_ ]?data([-_ 0-9:]|$)/i.test(category) ||
    /[-_ ]data$/i.test(category) ||
    /run(20\d\d)[A-Z]/i.test(category)
  );
}

/** Returns the standard deviation, zero for the negative that rounding leaves. */
export function errorOf(variance: number): number {
  return Math.sqrt(Math.max(0, variance));
}

/** Adds series bin by bin; null when there is none. */
export function addSeries(
  series: readonly ISeries[],
  name: string
): ISeries | null {
  if (series.length === 0) {
    return null;
  }
  const add = (rows: (readonly number[])[]): number[] =>
    rows[0].map((_, bin) => rows.reduce((sum, row) => sum + row[bin], 0));
  return {
    name,
    values: add(series.map(({ values }) => values)),
    variances: add(series.map(({ variances }) => variances))
  };
}

interface IBinSource {
  readonly bin: IBin;

  /** Columns of the frame that belong to the bin. */
  readonly columns: readonly number[];
}

/**
 * Lists the bins that are drawn with the columns they come from.
 *
 * A bin that ends at infinity cannot be drawn to scale: it counts as flow.
 */
function binSources(frame: IFrame, options: IPlotDataOptions): IBinSource[] {
  const { bins, discrete, underflow, overflow } = frame.header.x;
  const first = Number(underflow);
  const inside: IBinSource[] = [];
  const below = underflow ? [0] : [];
  const above = overflow ? [first + bins] : [];
  for (let index = 0; index < bins; index++) {
    const low = frame.edges[index];
    const high = frame.edges[index + 1];
    const column = first + index;
    if (!discrete && low === -Infinity) {
      below.push(column);
    } else if (!discrete && high === Infinity) {
      above.unshift(column);
    } else {
      const category = nameOf(frame.header.x, index, low);
      inside.push({ bin: { low, high, category }, columns: [column] });
    }
  }
  return options.flow && inside.length > 0
    ? withFlow(inside, below, above, discrete ? options.otherName : null)
    : inside;
}

function withFlow(
  inside: readonly IBinSource[],
  below: readonly number[],
  above: readonly number[],
  otherName: string | null
): IBinSource[] {
  const first = inside[0].bin;
  const last = inside[inside.length - 1].bin;
  const name = (text: string): string | null =>
    otherName ?? (first.category === null ? null : text);
  const sources = [...inside];
  if (below.length > 0) {
    const category = name(`<${first.low}`);
    const bin = { low: -Infinity, high: first.low, category };
    sources.unshift({ bin, columns: below });
  }
  if (above.length > 0) {
    const category = name(`≥${last.high}`);
    const bin = { low: last.high, high: Infinity, category };
    sources.push({ bin, columns: above });
  }
  return sources;
}

/** Returns what a bin is called where it stands for one thing. */
function nameOf(axis: Axis, index: number, low: number): string | null {
  if (axis.discrete) {
    return axis.categories?.[index] ?? String(low);
  }
  return axis.kind === 'integer' && axis.bins <= FEW_NUMBERS
    ? String(low).replace('-', '−')
    : null;
}

function drawnPositions(sources: readonly IBinSource[]): number[] {
  if (sources.length === 0) {
    return [];
  }
  const ends = [sources[0].bin.low, ...sources.map(({ bin }) => bin.high)];
  const finite = ends.filter(Number.isFinite);
  const first = finite[0];
  const last = finite[finite.length - 1];
  const isNamed = sources[0].bin.category !== null;
  const width = isNamed ? 1 : (last - first) * FLOW_WIDTH;
  return ends.map(end =>
    end === -Infinity ? first - width : end === Infinity ? last + width : end
  );
}

function sumOf(row: Float64Array, columns: readonly number[]): number {
  return columns.reduce((sum, column) => sum + row[column], 0);
}
