import { max, min } from 'd3-array';
import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from 'd3-scale';

import { type IPlotData, type ISeries, errorOf } from './bins';

/** A scale from values to pixels. */
export type Scale = ScaleContinuousNumeric<number, number>;

/** Decades that a logarithmic axis shows below its highest value at most. */
const MAX_DECADES = 6;

/**
 * Returns the vertical scale.
 *
 * @param height - Height of the frame in pixels.
 * @param headroom - Pixels at the top that data stay out of.
 */
export function verticalScale(
  data: IPlotData,
  log: boolean,
  height: number,
  headroom: number
): Scale {
  const drawn = [data.total, data.measured].filter(isSeries);
  const top = max(drawn.flatMap(upperEnds).filter(Number.isFinite)) ?? 0;
  return log
    ? logScale(data, top, height, headroom)
    : linearScale(drawn, top, height, headroom);
}

/** Returns the horizontal scale. */
export function horizontalScale(data: IPlotData, width: number): Scale {
  const { positions } = data;
  const domain = [positions[0] ?? 0, positions[positions.length - 1] ?? 1];
  return scaleLinear(domain, [0, width]);
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

function linearScale(
  drawn: readonly ISeries[],
  top: number,
  height: number,
  headroom: number
): Scale {
  const bottoms = drawn.flatMap(({ values, variances }) =>
    values.map((value, bin) =>
      value < 0 ? value - errorOf(variances[bin]) : 0
    )
  );
  const bottom = min(bottoms.filter(Number.isFinite)) ?? 0;
  const span = Math.max(0, top) - bottom || 1;
  const room = height / Math.max(1, height - headroom);
  return scaleLinear(
    [bottom < 0 ? bottom - 0.05 * span : 0, bottom + span * room],
    [height, 0]
  );
}

function logScale(
  data: IPlotData,
  top: number,
  height: number,
  headroom: number
): Scale {
  const shown = [...data.layers, data.measured].filter(isSeries);
  const positive = shown.flatMap(({ values }) =>
    values.filter(v => v > 0 && v < Infinity)
  );
  const high = top > 0 ? top : 1;
  const least = min(positive) ?? high / 10;
  const low = Math.max(least / 2, high / 10 ** MAX_DECADES);
  const decades = Math.log10(high / low);
  const room = height / Math.max(1, height - headroom);
  return scaleLog([low, low * 10 ** (decades * room)], [height, 0]);
}

function upperEnds({ values, variances }: ISeries): number[] {
  return values.map((value, bin) => value + errorOf(variances[bin]));
}

function isSeries(series: ISeries | null): series is ISeries {
  return series !== null;
}
