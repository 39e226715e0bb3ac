import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import { messageOf, ResponseError } from '../../services/request';

/**
 * Something that is fetched again and again.
 *
 * However often a refresh is asked for, one request is under way at a time and
 * the next one starts a while after it. What the server could not answer is
 * asked for again by itself, as long as somebody waits for it.
 */
export class Resource<T> implements IDisposable {
  constructor(options: Resource.IOptions<T>) {
    this._fetch = options.fetch;
    this._interval = options.interval;
    this._identity = options.identity ?? null;
    this._longest = options.longest ?? options.interval;
    this._isSeen = options.isSeen ?? (() => true);
    this._pause = options.interval;
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

  /** Whether the last request failed in a way that another one may not. */
  get isOverdue(): boolean {
    return this._isOverdue;
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

  /**
   * Fetches now, or as soon as that is due again.
   *
   * @param isUrgent - True where it has surely changed: the rest is cut short.
   */
  refresh(isUrgent = false): void {
    if (isUrgent && !this._isLoading) {
      window.clearTimeout(this._timer);
      this._isResting = false;
    }
    if (this._isResting) {
      this._isWanted = true;
    } else if (!this._isDisposed) {
      void this._load();
    }
  }

  private async _load(): Promise<void> {
    this._isLoading = true;
    this._isResting = true;
    this._isWanted = false;
    try {
      const value = await this._fetch();
      const identity = this._identity?.(value) ?? null;
      const isSame = identity !== null && identity === this._known;
      this._known = identity;
      this._pause = isSame
        ? Math.min(2 * this._pause, this._longest)
        : this._interval;
      this._value = value;
      this._problem = null;
      this._isOverdue = false;
    } catch (error) {
      this._problem = messageOf(error);
      this._isOverdue =
        error instanceof ResponseError &&
        (error.status === 0 || error.status >= 500);
      this._pause = Math.min(2 * this._pause, LONGEST_PAUSE);
    }
    this._isLoading = false;
    if (this._isDisposed) {
      return;
    }
    this._timer = window.setTimeout(() => {
      this._isResting = false;
      if (this._isWanted || (this._isOverdue && this._isSeen())) {
        this.refresh();
      }
    }, this._pause);
    this._changed.emit();
  }

  private _changed = new Signal<this, void>(this);
  private _fetch: () => Promise<T>;
  private _identity: ((value: T) => string) | null;
  private _interval: number;
  private _isDisposed = false;
  private _isLoading = false;
  private _isOverdue = false;
  private _isResting = false;
  private _isSeen: () => boolean;
  private _isWanted = false;
  private _known: string | null = null;
  private _longest: number;
  private _pause: number;
  private _problem: string | null = null;
  private _timer = 0;
  private _value: T | null = null;
}

/** A server that is away is asked again after this time at the latest. */
const LONGEST_PAUSE = 30_000;

export namespace Resource {
  export interface IOptions<T> {
    /** Makes the request. */
    fetch: () => Promise<T>;

    /** Shortest time between two requests, in milliseconds. */
    interval: number;

    /**
     * What an answer says that matters. As long as that stays the same, it is
     * asked for less and less often.
     */
    identity?: (value: T) => string;

    /** Longest time that a refresh then has to wait, in milliseconds. */
    longest?: number;

    /** Whether somebody waits for it; true unless given. */
    isSeen?: () => boolean;
  }
}
