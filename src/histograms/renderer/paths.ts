import { known } from './data';

/** Turns a number of the data into pixels. */
export type Position = (value: number) => number;

/**
 * Returns the closed outline between two step functions on the same bins.
 *
 * @param edges - Ends of the bins in pixels, one more than there are bins.
 * @param top - Upper values in pixels.
 * @param bottom - Lower values in pixels.
 */
export function stepArea(
  edges: readonly number[],
  top: readonly number[],
  bottom: readonly number[]
): string {
  const bins = top.length;
  if (bins === 0) {
    return '';
  }
  let path = `M${number(edges[0])},${number(bottom[0])}`;
  for (let bin = 0; bin < bins; bin++) {
    path += `V${number(top[bin])}H${number(edges[bin + 1])}`;
  }
  for (let bin = bins - 1; bin >= 0; bin--) {
    path += `V${number(bottom[bin])}H${number(edges[bin])}`;
  }
  return `${path}Z`;
}

/** Returns a step function as an open line that starts and ends at a base. */
export function stepLine(
  edges: readonly number[],
  values: readonly number[],
  base: number
): string {
  if (values.length === 0) {
    return '';
  }
  let path = `M${number(edges[0])},${number(base)}`;
  values.forEach((value, bin) => {
    path += `V${number(value)}H${number(edges[bin + 1])}`;
  });
  return `${path}V${number(base)}`;
}

/** Numbers to draw, bin by bin. */
export interface IMeasured {
  readonly values: ArrayLike<number>;
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
}

/**
 * Returns a vertical bar over the uncertainty in each bin.
 *
 * @param zeros - Whether bins that hold nothing have one, too.
 */
export function errorBars(
  edges: readonly number[],
  { lower, upper, values }: IMeasured,
  y: Position,
  zeros: boolean
): string {
  let path = '';
  for (let bin = 0; bin < values.length; bin++) {
    const value = values[bin];
    if ((lower[bin] > 0 || upper[bin] > 0) && (zeros || value !== 0)) {
      const low = number(y(value - (lower[bin] > 0 ? lower[bin] : 0)));
      const high = number(y(value + (upper[bin] > 0 ? upper[bin] : 0)));
      if (low !== high) {
        path += `M${number(centre(edges, bin))},${low}V${high}`;
      }
    }
  }
  return path;
}

/**
 * Returns a disc in each bin that holds anything.
 *
 * @param isShown - Says whether a value is on the axis.
 */
export function markers(
  edges: readonly number[],
  values: ArrayLike<number>,
  y: Position,
  radius: number,
  isShown: (value: number) => boolean
): string {
  let path = '';
  for (let bin = 0; bin < values.length; bin++) {
    if (isShown(values[bin])) {
      const left = number(centre(edges, bin) - radius);
      const arc = `a${radius},${radius} 0 1 0`;
      path += `M${left},${number(y(values[bin]))}${arc} ${2 * radius},0${arc} ${-2 * radius},0Z`;
    }
  }
  return path;
}

/** Returns a triangle at the end of the axis for each value that is beyond it. */
export function arrows(
  edges: readonly number[],
  values: ArrayLike<number>,
  low: number,
  high: number,
  height: number
): string {
  let path = '';
  for (let bin = 0; bin < values.length; bin++) {
    const x = number(centre(edges, bin));
    if (values[bin] > high) {
      path += `M${x},1l-4,7h8Z`;
    } else if (values[bin] < low) {
      path += `M${x},${number(height - 1)}l-4,-7h8Z`;
    }
  }
  return path;
}

/** Returns the outline of what lies within the uncertainty of a row. */
export function bandPath(
  edges: readonly number[],
  { lower, upper, values }: IMeasured,
  y: Position
): string {
  const ends = (sign: number, of: ArrayLike<number>): number[] =>
    Array.from(values, (value, bin) => y(value + sign * known(of[bin])));
  return stepArea(edges, ends(1, upper), ends(-1, lower));
}

function centre(edges: readonly number[], bin: number): number {
  return (edges[bin] + edges[bin + 1]) / 2;
}

/** Rounds to a hundredth of a pixel: nobody sees more, and paths stay short. */
function number(value: number): number {
  return Math.round(value * 100) / 100;
}
