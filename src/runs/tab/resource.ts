import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import { messageOf } from '../../services/request';

/**
 * Something that is fetched again and again.
 *
 * However often a refresh is asked for, one request is under way at a time and
 * the next one starts a while after it.
 */
export class Resource<T> implements IDisposable {
  constructor(options: Resource.IOptions<T>) {
    this._fetch = options.fetch;
    this._interval = options.interval;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** What was fetched last, or null. */
  get value(): T | null {
    return this._value;
  }

  /** Why it could not be fetched the last time, or null. */
  get problem(): string | null {
    return this._problem;
  }

  /** Emitted when the value or the problem may have changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    Signal.clearData(this);
  }

  /** Fetches now, or as soon as that is due again. */
  refresh(): void {
    if (this._isResting) {
      this._isWanted = true;
    } else if (!this._isDisposed) {
      void this._load();
    }
  }

  private async _load(): Promise<void> {
    this._isResting = true;
    this._isWanted = false;
    try {
      const value = await this._fetch();
      this._value = value;
      this._problem = null;
    } catch (error) {
      this._problem = messageOf(error);
    }
    if (this._isDisposed) {
      return;
    }
    this._timer = window.setTimeout(() => {
      this._isResting = false;
      if (this._isWanted) {
        this.refresh();
      }
    }, this._interval);
    this._changed.emit();
  }

  private _changed = new Signal<this, void>(this);
  private _fetch: () => Promise<T>;
  private _interval: number;
  private _isDisposed = false;
  private _isResting = false;
  private _isWanted = false;
  private _problem: string | null = null;
  private _timer = 0;
  private _value: T | null = null;
}

export namespace Resource {
  export interface IOptions<T> {
    /** Makes the request. */
    fetch: () => Promise<T>;

    /** Shortest time between two requests, in milliseconds. */
    interval: number;
  }
}
