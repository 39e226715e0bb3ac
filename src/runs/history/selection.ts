import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import type { IRunManager } from '../tokens';

/** The runs that the user has ticked in the list, to compare them. */
export class RunSelection implements IDisposable {
  constructor(private _runs: IRunManager) {
    _runs.changed.connect(this._onRuns, this);
  }

  /** Emitted when other runs are ticked. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Ids of the runs, in the order in which they were ticked. */
  get ids(): readonly string[] {
    return this._ids;
  }

  /** Ids of the runs to compare: first what the others are compared with. */
  get compared(): string[] {
    const { reference, runs } = this._runs;
    const oldest = [...runs].reverse().map(({ id }) => id);
    return [...this._ids].sort((a, b) =>
      a === reference
        ? -1
        : b === reference
          ? 1
          : oldest.indexOf(a) - oldest.indexOf(b)
    );
  }

  has(id: string): boolean {
    return this._ids.includes(id);
  }

  /** Ticks a run, or unticks it. */
  toggle(id: string): void {
    this._anchor = id;
    this._set(
      this.has(id) ? this._ids.filter(each => each !== id) : [...this._ids, id]
    );
  }

  /**
   * Ticks all runs from the one that was ticked or unticked last to another one.
   *
   * @param id - The other one.
   * @param listed - Ids of the runs in the order of the list.
   */
  extendTo(id: string, listed: readonly string[]): void {
    const from = listed.indexOf(this._anchor ?? id);
    const to = listed.indexOf(id);
    if (from < 0 || to < 0) {
      this.toggle(id);
      return;
    }
    const between = listed.slice(Math.min(from, to), Math.max(from, to) + 1);
    this._set([...new Set([...this._ids, ...between])]);
  }

  /** Unticks all. */
  clear(): void {
    this._anchor = null;
    this._set([]);
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
    }
  }

  /** Runs that were deleted cannot stay ticked. */
  private _onRuns(): void {
    this._set(this._ids.filter(id => this._runs.get(id) !== undefined));
  }

  private _set(ids: readonly string[]): void {
    if (ids.join() !== this._ids.join()) {
      this._ids = ids;
      this._changed.emit();
    }
  }

  private _anchor: string | null = null;
  private _changed = new Signal<this, void>(this);
  private _ids: readonly string[] = [];
  private _isDisposed = false;
}
