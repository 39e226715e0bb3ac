import type { IRunChoice } from '../../histograms';
import type { Run } from '../../services/models';

/** More runs than this cannot be told apart in a plot, and the server draws no more. */
export const MOST_COMPARED = 9;

/** More runs are not offered to choose from. */
const MOST_OFFERED = 50;

/** Returns the runs that have histograms to compare with, in their order. */
export function comparableOf(runs: readonly Run[]): IRunChoice[] {
  return runs
    .filter(run => run.histograms_sequence > 0)
    .slice(0, MOST_OFFERED)
    .map(({ id, name }) => ({ id, name }));
}
