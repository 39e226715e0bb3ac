import { type ISignal, Signal } from '@lumino/signaling';
import type { Run } from '../services/models';
import { isActive } from './states';
import type { IRunManager } from './tokens';

/** Tells when a run ends that was seen going on. */
export class RunEndings {
  constructor(private _manager: IRunManager) {
    this._remember();
    _manager.changed.connect(this._onChanged, this);
  }

  /** Emitted with each run that has just ended. */
  get ended(): ISignal<this, Run> {
    return this._ended;
  }

  private _onChanged(): void {
    const ended = this._manager.runs.filter(
      run => !isActive(run) && this._active.has(run.id)
    );
    this._remember();
    ended.forEach(run => {
      this._ended.emit(run);
    });
  }

  private _remember(): void {
    this._active = new Set(
      this._manager.runs.filter(isActive).map(({ id }) => id)
    );
  }

  private _active = new Set<string>();
  private _ended = new Signal<this, Run>(this);
}
