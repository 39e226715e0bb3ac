import type { TranslationBundle } from '@jupyterlab/translation';
import { formatDuration } from '../../components/format';
import type { Run } from '../../services/models';

/** What estimates are rounded to, by how long they are at most, in seconds. */
const ROUNDING: readonly (readonly [below: number, step: number])[] = [
  [10, 1],
  [60, 5],
  [600, 10],
  [3_600, 60],
  [Infinity, 300]
];

/** An error of less than this part of the time is not worth a word. */
const SMALL = 0.02;

/** Rounds an estimate, so that it does not tremble from update to update. */
export function roundEstimate(seconds: number): number {
  const [, step] = ROUNDING.find(([below]) => seconds < below) ?? [0, 300];
  return Math.round(seconds / step) * step;
}

/** Says how long a run will take; null where there is nothing to be said. */
export function timeLeft(
  { progress, state }: Pick<Run, 'progress' | 'state'>,
  trans: TranslationBundle
): string | null {
  if (state !== 'running' && state !== 'finishing') {
    return null;
  }
  const { seconds_left: seconds, seconds_left_error: error } = progress;
  if (seconds === null || !Number.isFinite(seconds)) {
    return trans.__('estimating…');
  }
  if (seconds < 1) {
    return trans.__('moments');
  }
  const left = formatDuration(roundEstimate(seconds), trans);
  const rounded = error === null ? 0 : roundEstimate(error);
  return rounded > 0 && rounded > SMALL * seconds
    ? trans.__('%1 ± %2', left, formatDuration(rounded, trans))
    : left;
}
