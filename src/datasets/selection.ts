import { type ISignal, Signal } from '@lumino/signaling';
import type { Dataset } from '../services/models';
import type { IDatasetManager } from './tokens';

/** The datasets that the user has ticked. */
export class DatasetSelection {
  constructor(private _manager: IDatasetManager) {
    _manager.changed.connect(this._onListChanged, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The ticked datasets, in the order of the list. */
  get datasets(): Dataset[] {
    return this._manager.datasets.filter(({ name }) => this._names.has(name));
  }

  get size(): number {
    return this._names.size;
  }

  has(name: string): boolean {
    return this._names.has(name);
  }

  /** Ticks or unticks datasets. */
  set(names: readonly string[], ticked: boolean): void {
    const before = this._names.size;
    for (const name of names) {
      if (ticked) {
        this._names.add(name);
      } else {
        this._names.delete(name);
      }
    }
    if (this._names.size !== before) {
      this._changed.emit();
    }
  }

  clear(): void {
    this.set([...this._names], false);
  }

  /** Datasets that are no longer listed cannot stay ticked. */
  private _onListChanged(): void {
    const listed = new Set(this._manager.datasets.map(({ name }) => name));
    this.set(
      [...this._names].filter(name => !listed.has(name)),
      false
    );
  }

  private _changed = new Signal<this, void>(this);
  private _names = new Set<string>();
}
