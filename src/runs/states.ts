import type { TranslationBundle } from '@jupyterlab/translation';
import type { Tone } from '../components/tone';
import type { Run, RunState } from '../services/models';

/** Whether something works on the run, or will without being asked. */
export function isActive({ state }: Pick<Run, 'state'>): boolean {
  return (
    state === 'queued' ||
    state === 'preparing' ||
    state === 'running' ||
    state === 'paused' ||
    state === 'finishing'
  );
}

/** The state in the user's words. */
export function stateLabel(state: RunState, trans: TranslationBundle): string {
  switch (state) {
    case 'queued':
      return trans.__('Queued');
    case 'preparing':
      return trans.__('Preparing');
    case 'running':
      return trans.__('Running');
    case 'paused':
      return trans.__('Paused');
    case 'finishing':
      return trans.__('Finishing');
    case 'done':
      return trans.__('Done');
    case 'stopped':
      return trans.__('Stopped');
    case 'failed':
      return trans.__('Failed');
    case 'lost':
      return trans.__('Lost');
  }
}

/** How the state is coloured. */
export function stateTone(run: Pick<Run, 'state' | 'progress'>): Tone {
  switch (run.state) {
    case 'queued':
    case 'preparing':
    case 'running':
    case 'finishing':
      return 'active';
    case 'done':
      return run.progress.chunks_failed > 0 ? 'warning' : 'good';
    case 'failed':
      return 'bad';
    case 'lost':
      return 'warning';
    case 'paused':
    case 'stopped':
      return 'idle';
  }
}

/** How much is done, 0 to 1; null while that is unknown. */
export function fractionDone({
  state,
  progress
}: Pick<Run, 'state' | 'progress'>): number | null {
  const { events_done: done, events_total: total } = progress;
  if (total === null) {
    return null;
  }
  if (total === 0) {
    return state === 'done' ? 1 : 0;
  }
  return Math.min(1, done / total);
}
