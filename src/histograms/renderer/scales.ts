import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from 'd3-scale';

import { type IBin, isFlow } from './bins';

/** A scale from values to pixels. */
export type Scale = ScaleContinuousNumeric<number, number>;

/** A range of values. */
export interface IRange {
  readonly low: number;
  readonly high: number;
}

/** An axis with bins, in pixels. */
export interface IBinScale {
  /** Scale of the bins that are no flow bins. */
  readonly scale: Scale;

  /** Ends of the bins in pixels: one more than bins. */
  readonly edges: readonly number[];
  readonly log: boolean;
}

/** Decades that a logarithmic axis shows below its highest value at most. */
const MAX_DECADES = 6;

/** Width of a flow bin relative to the whole axis. */
const FLOW_WIDTH = 0.05;

/** Free space on both sides of points that do not stand on zero. */
const MARGIN = 0.08;

/**
 * Returns where bins are along an axis.
 *
 * @param range - Values at the ends of the axis; null for all bins.
 * @param from - Pixel where the axis begins.
 * @param to - Pixel where it ends.
 */
export function binScale(
  bins: readonly IBin[],
  range: IRange | null,
  log: boolean,
  from: number,
  to: number
): IBinScale {
  const inside = bins.filter(bin => !isFlow(bin));
  const first = inside[0]?.low ?? 0;
  const last = inside[inside.length - 1]?.high ?? 1;
  const positive = inside.find(({ low }) => low > 0)?.low;
  const { low, high } = range ?? { low: first, high: last };
  const isLog = log && positive !== undefined && high > 0;
  // Zoomed into the bin that begins at 0, a decade of it is shown.
  const lowest = isLog && positive < high ? positive : high / 10;
  const least = isLog && low <= 0 ? lowest : low;
  const named = bins.some(({ category }) => category !== null);
  const flow = named
    ? (to - from) / Math.max(1, bins.length)
    : (to - from) * FLOW_WIDTH;
  // Flow bins are at the ends of the whole axis, and nowhere when it is zoomed.
  const before = !range && bins[0]?.low === -Infinity ? flow : 0;
  const after = !range && bins[bins.length - 1]?.high === Infinity ? flow : 0;
  const make = isLog ? scaleLog : scaleLinear;
  const scale: Scale = make([least, high], [from + before, to - after]);
  const far = 4 * Math.abs(to - from);
  const position = (value: number): number => {
    if (!Number.isFinite(value)) {
      const end = value < 0 ? from : to;
      return range ? end + Math.sign(value) * Math.sign(to - from) * far : end;
    }
    return isLog && value <= 0
      ? from - far * Math.sign(to - from)
      : scale(value);
  };
  const ends = bins.length > 0 ? [bins[0].low, ...bins.map(b => b.high)] : [];
  return { scale, edges: ends.map(position), log: isLog };
}

/** Returns the bins that are at least in part between two pixels. */
export function visibleBins(
  edges: readonly number[],
  from: number,
  to: number
): number[] {
  const bins: number[] = [];
  for (let bin = 0; bin + 1 < edges.length; bin++) {
    if (edges[bin + 1] > from + 0.01 && edges[bin] < to - 0.01) {
      bins.push(bin);
    }
  }
  return bins;
}

/**
 * Returns a scale for values that begin at zero.
 *
 * @param bottom - Lowest value, zero or below.
 * @param top - Highest value.
 * @param height - Height of the frame in pixels.
 * @param headroom - Pixels at the top that data stay out of.
 */
export function linearScale(
  bottom: number,
  top: number,
  height: number,
  headroom: number
): Scale {
  const span = Math.max(0, top) - bottom || 1;
  const room = height / Math.max(1, height - headroom);
  return scaleLinear(
    [bottom < 0 ? bottom - 0.05 * span : 0, bottom + span * room],
    [height, 0]
  );
}

/** Returns a scale for values that need not begin at zero. */
export function looseScale(
  low: number,
  high: number,
  height: number,
  headroom: number
): Scale {
  const span = high - low || Math.abs(high) || 1;
  const room = height / Math.max(1, height - headroom);
  const bottom = low - MARGIN * span;
  return scaleLinear(
    [bottom, bottom + (1 + MARGIN) * span * room],
    [height, 0]
  );
}

/**
 * Returns a logarithmic scale.
 *
 * @param least - Smallest positive value.
 * @param top - Highest value.
 */
export function logScale(
  least: number,
  top: number,
  height: number,
  headroom: number
): Scale {
  const high = top > 0 ? top : 1;
  const low = Math.max(Math.min(least, high) / 2, high / 10 ** MAX_DECADES);
  const decades = Math.log10(high / low);
  const room = height / Math.max(1, height - headroom);
  return scaleLog([low, low * 10 ** (decades * room)], [height, 0]);
}

/** Returns the lower end of what the scale shows. */
export function floorOf(scale: Scale): number {
  return scale.domain()[0];
}

/** Returns a function to pixels that keeps within the frame, whatever comes. */
export function clamped(scale: Scale): (value: number) => number {
  const [low, high] = scale.domain();
  // NaN, which bad weights make, is drawn as nothing.
  return value =>
    scale(Number.isNaN(value) ? low : Math.min(Math.max(value, low), high));
}
