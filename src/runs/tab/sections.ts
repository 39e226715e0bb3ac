import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';
import { type ISignal, Signal } from '@lumino/signaling';
import * as React from 'react';

/** Under which name the choices are kept. */
const KEY = 'casa-lab:run-tab-sections';

/** Remembers which sections of tabs the user has opened and folded away. */
export class Sections {
  constructor(options: Sections.IOptions = {}) {
    this._state = options.state ?? null;
    void this._load();
  }

  /** Emitted when a section was opened or folded away. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether a section is open, which the user may never have decided. */
  isOpen(id: string, byDefault: boolean): boolean {
    return this._open.get(id) ?? byDefault;
  }

  /** Opens a section or folds it away, in all tabs and from now on. */
  setOpen(id: string, isOpen: boolean): void {
    if (this._open.get(id) !== isOpen) {
      this._open.set(id, isOpen);
      this._changed.emit();
      void this._state?.save(KEY, Object.fromEntries(this._open));
    }
  }

  private async _load(): Promise<void> {
    const saved = await this._state?.fetch(KEY);
    for (const [id, isOpen] of Object.entries(Private.mapping(saved))) {
      // What was chosen while this was loading is newer.
      if (typeof isOpen === 'boolean' && !this._open.has(id)) {
        this._open.set(id, isOpen);
      }
    }
    this._changed.emit();
  }

  private _changed = new Signal<this, void>(this);
  private _open = new Map<string, boolean>();
  private _state: IStateDB | null;
}

export namespace Sections {
  export interface IOptions {
    /** Keeps the choices; they last as long as the page without it. */
    state?: IStateDB | null;
  }
}

/** The choices for the sections below. */
export const SectionsContext = React.createContext(new Sections());

namespace Private {
  export function mapping(
    value: ReadonlyPartialJSONValue | undefined
  ): Record<string, unknown> {
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  }
}
