import type { TranslationBundle } from '@jupyterlab/translation';
import { formatBytes } from '../components/format';
import type { Tone } from '../components/tone';
import type { Cluster, ClusterState, Worker } from '../services/models';

/** Whether nothing of a cluster is left but its entry in the list. */
export function hasEnded({ state }: Pick<Cluster, 'state'>): boolean {
  return state === 'stopped' || state === 'failed' || state === 'lost';
}

/** The state in the user's words. */
export function clusterLabel(
  state: ClusterState,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'starting':
      return trans.__('Starting');
    case 'running':
      return trans.__('Running');
    case 'stopping':
      return trans.__('Stopping');
    case 'stopped':
      return trans.__('Stopped');
    case 'failed':
      return trans.__('Failed');
    case 'lost':
      return trans.__('Lost');
  }
}

/** How the state is coloured. */
export function clusterTone(state: ClusterState): Tone {
  switch (state) {
    case 'starting':
    case 'stopping':
      return 'active';
    case 'running':
      return 'good';
    case 'stopped':
      return 'idle';
    case 'failed':
      return 'bad';
    case 'lost':
      return 'warning';
  }
}

/** A part of what the workers have that is in use. */
export interface IUsage {
  label: string;

  /** From 0 to 1. */
  fraction: number;
  text: string;
}

/** Sums up how busy and how full the workers are. */
export function usage(
  workers: readonly Worker[],
  trans: TranslationBundle
): IUsage[] {
  const sum = (of: (worker: Worker) => number) =>
    workers.reduce((total, worker) => total + of(worker), 0);
  const threads = sum(worker => worker.threads);
  const cpu = threads > 0 ? sum(worker => worker.cpu_percent) / threads : 0;
  const memory = sum(worker => worker.memory_bytes);
  const limit = sum(worker => worker.memory_limit_bytes);
  return [
    {
      label: trans.__('CPU'),
      fraction: Math.min(1, cpu / 100),
      text: trans.__('%1%', Math.round(cpu))
    },
    {
      label: trans.__('Memory'),
      fraction: limit > 0 ? Math.min(1, memory / limit) : 0,
      text:
        limit > 0
          ? trans.__('%1 of %2', formatBytes(memory), formatBytes(limit))
          : formatBytes(memory)
    }
  ];
}
