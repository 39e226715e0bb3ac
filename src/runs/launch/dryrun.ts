import { JSONExt, type PartialJSONValue } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import type { DryRun, Failure, Forecast, NewRun } from '../../services/models';
import { messageOf } from '../../services/request';
import type { IRunManager } from '../tokens';

/** How often a dry run that is under way is looked at, in milliseconds. */
const FREQUENCY = { interval: 400, backoff: 1.2, max: 2000 };

/** Tries a run before it is launched: starts a dry run, follows it, cancels it. */
export class DryRunModel implements IDisposable {
  constructor(private _runs: DryRunModel.IServer) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Whether one is under way. */
  get busy(): boolean {
    return this._busy;
  }

  /** What is going on, as a sentence of the server's; empty until it said one. */
  get message(): string {
    return this._dryRun?.message ?? '';
  }

  /** What the last one found out, or null. */
  get forecast(): Forecast | null {
    return this._dryRun?.forecast ?? null;
  }

  /** Why there is no forecast, as a sentence, or null. */
  get problem(): string | null {
    if (this._problem !== null) {
      return this._problem;
    }
    return this._dryRun?.state === 'failed' ? this._dryRun.message : null;
  }

  /** Whether the last one was about this run, whatever it is called. */
  isAbout(newRun: NewRun): boolean {
    return (
      this._asked !== null &&
      JSONExt.deepEqual(Private.essence(this._asked), Private.essence(newRun))
    );
  }

  /** Starts a dry run; resolves when it has ended, however it did. */
  async start(newRun: NewRun): Promise<void> {
    if (this._busy) {
      return;
    }
    this._asked = newRun;
    this._busy = true;
    this._dryRun = null;
    this._isCancelled = false;
    this._problem = null;
    this._emit();
    try {
      await this._follow(await this._runs.startDryRun(newRun));
    } catch (error) {
      this._problem = messageOf(error);
    } finally {
      this._busy = false;
      this._emit();
    }
  }

  /** Gives up the dry run that is under way. */
  cancel(): void {
    if (this._busy && !this._isCancelled) {
      this._isCancelled = true;
      this._giveUp?.();
    }
  }

  dispose(): void {
    if (!this._isDisposed) {
      this.cancel();
      this._isDisposed = true;
      Signal.clearData(this);
    }
  }

  private async _follow(started: DryRun): Promise<void> {
    this._dryRun = started;
    this._emit();
    if (started.state !== 'running') {
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const poll = new Poll({
        factory: async () => {
          try {
            const found = await this._runs.dryRun(started.id);
            if (!this._isCancelled) {
              this._dryRun = found;
              this._emit();
            }
            if (found.state !== 'running') {
              end();
            }
          } catch (error) {
            end(error);
          }
        },
        frequency: FREQUENCY,
        name: 'casa-lab:dry-run'
      });
      const end = (error?: unknown) => {
        this._giveUp = null;
        poll.dispose();
        if (error === undefined || this._isCancelled) {
          resolve();
        } else {
          reject(error as Error);
        }
      };
      this._giveUp = () => {
        // Whether or not the server gets to hear it, nobody waits any longer.
        this._runs.cancelDryRun(started.id).catch((error: unknown) => {
          console.error('The dry run was not cancelled:', error);
        });
        this._dryRun = null;
        end();
      };
      if (this._isCancelled) {
        this._giveUp();
      }
    });
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _asked: NewRun | null = null;
  private _busy = false;
  private _changed = new Signal<this, void>(this);
  private _dryRun: DryRun | null = null;
  private _giveUp: (() => void) | null = null;
  private _isCancelled = false;
  private _isDisposed = false;
  private _problem: string | null = null;
}

export namespace DryRunModel {
  /** What a dry run asks of the server. */
  export type IServer = Pick<
    IRunManager,
    'startDryRun' | 'dryRun' | 'cancelDryRun'
  >;
}

/** Failures that have one cause: mostly, a processor fails for all datasets alike. */
export interface IAlike {
  readonly first: Failure;
  readonly datasets: readonly string[];
}

/** Returns what failed in a dry run, by cause. */
export function failuresOf({ datasets }: Forecast): IAlike[] {
  const groups = new Map<string, { first: Failure; datasets: Set<string> }>();
  for (const failure of Object.values(datasets).flatMap(
    found => found.failures
  )) {
    const key = JSON.stringify([failure.cause, failure.traceback]);
    const group = groups.get(key) ?? { first: failure, datasets: new Set() };
    group.datasets.add(failure.dataset);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ first, datasets: names }) => ({
    first,
    datasets: [...names]
  }));
}

namespace Private {
  /** What a forecast depends on. */
  export function essence(newRun: NewRun): PartialJSONValue {
    const {
      processor,
      datasets,
      origin,
      cluster,
      profile,
      schema_name,
      chunksize
    } = newRun;
    return {
      arguments: processor.arguments as PartialJSONValue,
      location: processor.location,
      datasets: [...datasets],
      past: [...(origin?.datasets ?? [])],
      cluster: cluster ?? null,
      profile: profile ?? null,
      schema_name: schema_name ?? null,
      chunksize: chunksize ?? null
    };
  }
}
