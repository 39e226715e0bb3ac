import type { RunSeries } from '../../services/models';

/** A quantity over time: one value for each interval of the series. */
export interface ICurve {
  /** When each interval ends, in seconds of processing time. */
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** What a series is drawn as. */
export interface ICurves {
  readonly events: ICurve;
  readonly bytes: ICurve;
  readonly workers: ICurve;
  readonly busy: ICurve;
  readonly memory: ICurve;
}

/** Returns the rates and means of a series; null before there are two intervals. */
export function curvesOf(series: RunSeries): ICurves | null {
  const last = series.seconds.length - 1;
  // An interval that has only begun says little: it would make the curve jump.
  const isWhole =
    last >= 0 && series.seconds[last] >= series.interval / 2 ? 1 : 0;
  const number = last + isWhole;
  if (number < 2) {
    return null;
  }
  let time = 0;
  const times = series.seconds.slice(0, number).map(seconds => {
    time += seconds;
    return time;
  });
  const rates = (sums: readonly number[]): ICurve => ({
    times,
    values: times.map((_, index) =>
      series.seconds[index] > 0 ? sums[index] / series.seconds[index] : 0
    )
  });
  return {
    events: rates(series.events),
    bytes: rates(series.bytes_read),
    workers: rates(series.worker_seconds),
    busy: rates(series.busy_seconds),
    memory: {
      times,
      // In an interval in which no task ended, memory is what it was.
      values: filled(series.peak_memory_bytes.slice(0, number))
    }
  };
}

function filled(values: readonly number[]): number[] {
  let known = values.find(value => value > 0) ?? 0;
  return values.map(value => (known = value > 0 ? value : known));
}

/** Room above the largest value, as a part of it. */
const HEADROOM = 0.15;

/** Draws a curve as steps in a box that begins at 0. */
export function stepPath(
  curve: ICurve,
  width: number,
  height: number
): { line: string; area: string } {
  const { times, values } = curve;
  const top = (1 + HEADROOM) * Math.max(...values) || 1;
  const end = times[times.length - 1];
  const y = (value: number): string =>
    (height - (value / top) * height).toFixed(2);
  const steps = values.map(
    (value, index) =>
      `V${y(value)}H${((times[index] / end) * width).toFixed(2)}`
  );
  const line = `M0 ${y(values[0])}${steps.join('')}`;
  return { line, area: `M0 ${height}${steps.join('')}V${height}z` };
}

/** Returns the interval that a part of the width leads to. */
export function intervalAt({ times }: ICurve, part: number): number {
  const time = part * times[times.length - 1];
  const found = times.findIndex(end => time <= end);
  return found < 0 ? times.length - 1 : found;
}
