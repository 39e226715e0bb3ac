import type { Event, ServerConnection } from '@jupyterlab/services';
import { PromiseDelegate } from '@lumino/coreutils';
import { DisposableSet, type IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import { type EventNoun, subscribe } from './events';
import { messageOf, request, type IRequestOptions } from './request';
import type { Check } from './validate';

/** A snapshot of something that the server keeps, and a signal when it changes. */
export interface IManager extends IDisposable {
  /** Emitted when the snapshot or the problem really changed. */
  readonly changed: ISignal<this, void>;

  /** Whether the snapshot was fetched at least once. */
  readonly isReady: boolean;

  /** Resolves when the snapshot was fetched for the first time. */
  readonly ready: Promise<void>;

  /** Why the snapshot could not be brought up to date, or null. */
  readonly problem: string | null;

  /** Fetches the snapshot now; resolves when that was tried. */
  refresh(): Promise<void>;
}

/**
 * What the managers of datasets, clusters and runs have in common.
 *
 * The server's event stream brings the news. A poll with back-off makes up for
 * events lost while the stream was cut; it rests while the page is hidden.
 */
export abstract class Manager implements IManager {
  constructor(options: Manager.IOptions & { noun: EventNoun }) {
    this._serverSettings = options.serverSettings;
    this._disposables.add(
      subscribe(options.events, options.noun, data => {
        this._onEvent(data);
      })
    );
    this._poll = new Poll({
      auto: false,
      factory: () => this._refresh(),
      frequency: { interval: 30_000, backoff: true, max: 300_000 },
      name: `casa-lab:${options.noun}`,
      standby: options.standby ?? 'when-hidden'
    });
    this._disposables.add(this._poll);
    void this._poll.start();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._disposables.isDisposed;
  }

  get isReady(): boolean {
    return this._isReady;
  }

  get ready(): Promise<void> {
    return this._ready.promise;
  }

  get problem(): string | null {
    return this._problem;
  }

  async refresh(): Promise<void> {
    await this._poll.refresh();
    await this._poll.tick.catch(() => undefined);
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._disposables.dispose();
    Signal.clearData(this);
  }

  /** Fetches the snapshot and returns whether it differs from the last one. */
  protected abstract fetchSnapshot(): Promise<boolean>;

  /** Takes in an event and returns whether the snapshot changed. */
  protected abstract onEvent(data: Event.Emission): boolean;

  /** Makes a request to the companion. */
  protected request<T>(
    path: string,
    check: Check<T>,
    options?: IRequestOptions
  ): Promise<T> {
    return request(path, this._serverSettings, check, options);
  }

  protected emitChanged(): void {
    if (!this.isDisposed) {
      this._changed.emit();
    }
  }

  private async _refresh(): Promise<void> {
    let changed = false;
    let problem: string | null = null;
    let failure: unknown = null;
    try {
      changed = await this.fetchSnapshot();
    } catch (error) {
      failure = error;
      problem = messageOf(error);
    }
    if (this.isDisposed) {
      return;
    }
    const first = !this._isReady && failure === null;
    if (first) {
      this._isReady = true;
      this._ready.resolve();
    }
    if (changed || first || problem !== this._problem) {
      this._problem = problem;
      this.emitChanged();
    }
    if (failure !== null) {
      // The poll backs off when its factory fails.
      throw failure;
    }
  }

  private _onEvent(data: Event.Emission): void {
    let changed = false;
    try {
      changed = this.onEvent(data);
    } catch (error) {
      // A malformed event is like a lost one: the poll makes up for it.
      console.error('Casa does not understand an event of the server:', error);
      void this.refresh();
    }
    if (changed) {
      this.emitChanged();
    }
  }

  private _changed = new Signal<this, void>(this);
  private _disposables = new DisposableSet();
  private _isReady = false;
  private _poll: Poll;
  private _problem: string | null = null;
  private _ready = new PromiseDelegate<void>();
  private _serverSettings: ServerConnection.ISettings;
}

export namespace Manager {
  /** What a manager needs of the application. */
  export interface IOptions {
    /** The application's event manager. */
    events: Event.IManager;

    /** How to reach the server. */
    serverSettings: ServerConnection.ISettings;

    /** When the poll rests; `when-hidden` by default. */
    standby?: Poll.Standby;
  }
}
