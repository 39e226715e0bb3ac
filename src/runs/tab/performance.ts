import type { RunMetrics } from '../../services/models';

/** Where the time of the workers' threads went, in seconds. */
export interface ITimeShares {
  /** In `process()`: physics, and reading the columns that it touches. */
  readonly processing: number;

  /** Opening files and making events. */
  readonly opening: number;

  /** Folding and packing of what `process()` returned, and chunks that failed. */
  readonly other: number;

  /** In tasks that are not back, so that nothing else is known of them. */
  readonly pending: number;

  /** Without work. */
  readonly idle: number;
}

/** Tells where the time of threads went; null before any of it has passed. */
export function timeShares(metrics: RunMetrics): ITimeShares | null {
  const {
    busy_seconds: busy,
    open_seconds: opening,
    overhead_seconds: overhead,
    pending_seconds: pending,
    process_seconds: processing,
    thread_seconds: all
  } = metrics;
  if (all <= 0 || busy <= 0) {
    return null;
  }
  return {
    processing,
    opening: Math.min(opening, overhead),
    other: Math.max(0, overhead - opening),
    pending,
    // Batches are counted when they arrive, so that they may be ahead of the clock.
    idle: Math.max(0, all - busy - pending)
  };
}

/** A sign that the cluster could be used better. */
export type Advice = 'idle' | 'opening' | 'tail';

/** Below so much thread time nothing can be said, in seconds. */
const LEAST_SECONDS = 20;

/** Looks for the signs of low efficiency that the documentation names. */
export function adviceOf(metrics: RunMetrics): Advice[] {
  const shares = timeShares(metrics);
  if (!shares || metrics.thread_seconds < LEAST_SECONDS) {
    return [];
  }
  const advice: Advice[] = [];
  const tail = metrics.tail?.seconds ?? 0;
  if (tail > 0.15 * metrics.wall_seconds) {
    advice.push('tail');
  } else if (metrics.core_occupancy < 0.6) {
    advice.push('idle');
  }
  if (shares.opening > 0.4 * metrics.busy_seconds) {
    advice.push('opening');
  }
  return advice;
}
