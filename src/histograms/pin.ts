import { type ISignal, Signal } from '@lumino/signaling';

/** A run as it is chosen for a comparison. */
export interface IRunChoice {
  readonly id: string;
  readonly name: string;
}

/** The run that others are compared with, wherever they are shown. */
export class PinnedRun {
  /** The run; null while none is pinned. */
  get value(): IRunChoice | null {
    return this._value;
  }
  set value(value: IRunChoice | null) {
    if (value?.id !== this._value?.id) {
      this._value = value;
      this._changed.emit();
    }
  }

  /** Emitted when another run is pinned, or none. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  private _changed = new Signal<this, void>(this);
  private _value: IRunChoice | null = null;
}
