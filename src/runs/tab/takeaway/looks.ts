import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Look } from '../../../services/models';

const KEY = 'casa-lab:look';

const PLAIN: Look = {
  style: 'plain',
  status: '',
  luminosity: null,
  energy: null
};

const STYLES: readonly string[] = ['cms', 'atlas', 'lhcb', 'plain'];

/** How pictures of histograms look: chosen once, remembered for all. */
export class Looks {
  constructor(options: Looks.IOptions) {
    this._state = options.state;
    this.ready = this._restore();
  }

  /** Resolves when the user's choice of earlier days is known. */
  readonly ready: Promise<void>;

  get look(): Look {
    return this._look;
  }

  /** Emitted when another look was chosen. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Chooses, and remembers the choice. */
  choose(change: Partial<Look>): void {
    this._isChosen = true;
    this._set({ ...this._look, ...change });
    void this._state?.save(KEY, { ...this._look });
  }

  private async _restore(): Promise<void> {
    try {
      const saved = await this._state?.fetch(KEY);
      if (!this._isChosen && saved) {
        this._set(Private.sound(saved as ReadonlyPartialJSONObject));
      }
    } catch (error) {
      console.error('The look of pictures is not remembered:', error);
    }
  }

  private _set(look: Look): void {
    this._look = look;
    this._changed.emit();
  }

  private _changed = new Signal<this, void>(this);
  private _isChosen = false;
  private _look: Look = PLAIN;
  private _state: IStateDB | null;
}

export namespace Looks {
  export interface IOptions {
    /** Remembers the choice, where there is such a thing. */
    state: IStateDB | null;
  }
}

namespace Private {
  /** Returns what of a saved look still makes sense. */
  export function sound(saved: ReadonlyPartialJSONObject): Look {
    const { energy, luminosity, status, style } = saved;
    return {
      style: STYLES.includes(String(style))
        ? (style as Look['style'])
        : PLAIN.style,
      status: typeof status === 'string' ? status : PLAIN.status,
      luminosity: positive(luminosity),
      energy: positive(energy)
    };
  }

  function positive(value: unknown): number | null {
    return typeof value === 'number' && value > 0 ? value : null;
  }
}
