import { type ISignal, Signal } from '@lumino/signaling';
import type { Run } from '../services/models';
import { isActive } from './states';
import type { IRunManager } from './tokens';

/** Tells what happens to runs that were seen going on: the first failure, and the end. */
export class RunNews {
  constructor(private _manager: IRunManager) {
    this._remember();
    _manager.changed.connect(this._onChanged, this);
  }

  /** Emitted with each run that has just ended. */
  get ended(): ISignal<this, Run> {
    return this._ended;
  }

  /** Emitted with each run of which the first chunk has just failed, and which goes on. */
  get failed(): ISignal<this, Run> {
    return this._failed;
  }

  private _onChanged(): void {
    const known = this._active;
    this._remember();
    for (const run of this._manager.runs) {
      const failures = known.get(run.id);
      if (failures === undefined) {
        continue;
      }
      if (!isActive(run)) {
        this._ended.emit(run);
      } else if (failures === 0 && run.progress.chunks_failed > 0) {
        this._failed.emit(run);
      }
    }
  }

  private _remember(): void {
    this._active = new Map(
      this._manager.runs
        .filter(isActive)
        .map(({ id, progress }) => [id, progress.chunks_failed])
    );
  }

  /** Failures of the runs that go on, by id. */
  private _active = new Map<string, number>();
  private _ended = new Signal<this, Run>(this);
  private _failed = new Signal<this, Run>(this);
}

/** The runs that have ended while nobody was looking. */
export class UnseenRuns {
  constructor(options: UnseenRuns.IOptions) {
    this._isSeen = options.isSeen;
    this._manager = options.manager;
    options.news.ended.connect(this._onEnded, this);
  }

  /** Emitted when there are others. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The runs, the one that ended last first. */
  get runs(): readonly Run[] {
    return this._ids.flatMap(id => this._manager.get(id) ?? []);
  }

  /** Takes in that the user looks at a run. */
  see(run: string): void {
    if (this._ids.includes(run)) {
      this._ids = this._ids.filter(id => id !== run);
      this._changed.emit();
    }
  }

  private _onEnded(_: RunNews, { id, state }: Run): void {
    this._ids = this._ids.filter(each => each !== id);
    // Who stopped a run knows that it has ended.
    if (state !== 'stopped' && !this._isSeen(id)) {
      this._ids.unshift(id);
    }
    this._changed.emit();
  }

  private _changed = new Signal<this, void>(this);
  private _ids: string[] = [];
  private _isSeen: (run: string) => boolean;
  private _manager: IRunManager;
}

export namespace UnseenRuns {
  export interface IOptions {
    manager: IRunManager;
    news: RunNews;

    /** Tells whether the tab of a run is in view. */
    isSeen: (run: string) => boolean;
  }
}
