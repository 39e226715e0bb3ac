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

/** Returns a vertical bar of one standard deviation up and down in each bin. */
export function errorBars(
  edges: readonly number[],
  values: readonly number[],
  errors: readonly number[],
  y: Position
): string {
  let path = '';
  values.forEach((value, bin) => {
    if (errors[bin] > 0) {
      const low = number(y(value - errors[bin]));
      const high = number(y(value + errors[bin]));
      path += `M${number(centre(edges, bin))},${low}V${high}`;
    }
  });
  return path;
}

/** Returns a disc in each bin that holds anything. */
export function markers(
  edges: readonly number[],
  values: readonly number[],
  errors: readonly number[],
  y: Position,
  radius: number
): string {
  let path = '';
  values.forEach((value, bin) => {
    if (Number.isFinite(value) && (value !== 0 || errors[bin] > 0)) {
      const left = number(centre(edges, bin) - radius);
      const arc = `a${radius},${radius} 0 1 0`;
      path += `M${left},${number(y(value))}${arc} ${2 * radius},0${arc} ${-2 * radius},0Z`;
    }
  });
  return path;
}

function centre(edges: readonly number[], bin: number): number {
  return (edges[bin] + edges[bin + 1]) / 2;
}

/** Rounds to a hundredth of a pixel: nobody sees more, and paths stay short. */
function number(value: number): number {
  return Math.round(value * 100) / 100;
}
