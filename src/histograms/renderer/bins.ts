import type { Axis } from '../../services/models';

/** A bin as it is drawn and read out. */
export interface IBin {
  /** Lower end; -Infinity for the underflow. */
  readonly low: number;

  /** Upper end; Infinity for the overflow. */
  readonly high: number;

  /** Name of the category or number, where bins are not ranges. */
  readonly category: string | null;
}

/** Integer axes of no more bins are labelled number by number. */
const FEW_NUMBERS = 20;

/** Lists the bins of an axis as drawn. */
export function listBins(axis: Axis, edges: ArrayLike<number>): IBin[] {
  const bins: IBin[] = [];
  const named =
    axis.discrete || (axis.kind === 'integer' && axis.bins <= FEW_NUMBERS);
  for (let index = 0; index + 1 < edges.length; index++) {
    const low = edges[index];
    const high = edges[index + 1];
    bins.push({
      low,
      high,
      category: named ? nameOf(axis, index, low, high) : null
    });
  }
  return bins;
}

/** Says whether a bin holds what is below or above the axis. */
export function isFlow({ low, high }: IBin): boolean {
  return low === -Infinity || high === Infinity;
}

/** Returns what a bin is called where it stands for one thing. */
function nameOf(
  axis: Axis,
  index: number,
  low: number,
  high: number
): string | null {
  if (axis.discrete) {
    return axis.categories?.[index] ?? String(low);
  }
  const minus = (value: number): string => String(value).replace('-', '−');
  return low === -Infinity
    ? `<${minus(high)}`
    : high === Infinity
      ? `≥${minus(low)}`
      : minus(low);
}
