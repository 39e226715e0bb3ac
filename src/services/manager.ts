import { URLExt } from '@jupyterlab/coreutils';
import type { Event, ServerConnection } from '@jupyterlab/services';
import { type ITranslator, nullTranslator } from '@jupyterlab/translation';
import { PromiseDelegate } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import { type EventNoun, schemaId } from './events';
import {
  type IFile,
  type IRequestOptions,
  type IServer,
  messageOf,
  request,
  requestFile
} from './request';
import type { Check } from './validate';

/** How often it is checked whether to ask while all is well, in milliseconds. */
const WELL = { interval: 30_000, backoff: true, max: 300_000 };

/** How often it tries again while the server does not answer. */
const AILING = { interval: 3000, backoff: true, max: 20_000 };

/** After this silence of something that goes on, events must have been lost. */
const BUSY_SILENCE = 30_000;

/** After this silence it is worth asking even if nothing goes on. */
const IDLE_SILENCE = 300_000;

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
 * The server's event stream brings the news, and nothing is asked for while it
 * does. Only after a silence the server is asked, for events may have been lost
 * while the stream was cut; and never while the page is hidden.
 */
export abstract class Manager implements IManager {
  constructor(options: Manager.IOptions & { noun: EventNoun }) {
    this._server = {
      settings: options.serverSettings,
      trans: (options.translator ?? nullTranslator).load('casa-lab')
    };
    this._schemaId = schemaId(options.noun);
    options.events.stream.connect(this._onEmission, this);
    this._poll = new Poll({
      auto: false,
      factory: () => this._look(),
      frequency: WELL,
      linger: 0,
      name: `casa-lab:${options.noun}`,
      standby: options.standby ?? 'when-hidden'
    });
    void this._poll.start();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
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
    this._isAsked = true;
    await this._poll.refresh();
    await this._poll.tick.catch(() => undefined);
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._poll.dispose();
    Signal.clearData(this);
  }

  /** Fetches the snapshot and returns whether it differs from the last one. */
  protected abstract fetchSnapshot(): Promise<boolean>;

  /** Takes in an event and returns whether the snapshot changed. */
  protected abstract onEvent(data: Event.Emission): boolean;

  /** Whether anything goes on, of which the server should have news soon. */
  protected get isBusy(): boolean {
    return false;
  }

  /** Makes a request to the companion. */
  protected request<T>(
    path: string,
    check: Check<T>,
    options?: IRequestOptions
  ): Promise<T> {
    return request(path, this._server, check, options);
  }

  /** The address of something that the companion offers. */
  protected url(path: string): string {
    return URLExt.join(this._server.settings.baseUrl, path);
  }

  /** Asks the companion for a file. */
  protected requestFile(path: string, body: unknown): Promise<IFile> {
    return requestFile(path, this._server, body);
  }

  protected emitChanged(): void {
    if (!this.isDisposed) {
      this._changed.emit();
    }
  }

  /** Asks the server if it was wished for, or if the server is silent for too long. */
  private async _look(): Promise<void> {
    const patience = this.isBusy ? BUSY_SILENCE : IDLE_SILENCE;
    const isTrusted = this._isReady && this._problem === null;
    if (this._isAsked || !isTrusted || Date.now() - this._heard >= patience) {
      await this._refresh();
    }
  }

  private async _refresh(): Promise<void> {
    this._isAsked = false;
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
    this._heard = Date.now();
    this._poll.frequency = failure === null ? WELL : AILING;
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

  private _onEmission(_: Event.IManager, emission: Event.Emission): void {
    if (this._problem !== null) {
      // Whatever the event says, the server is back.
      void this.refresh();
    }
    if (emission.schema_id !== this._schemaId) {
      return;
    }
    this._heard = Date.now();
    let changed = false;
    try {
      changed = this.onEvent(emission);
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
  private _heard = 0;
  private _isAsked = false;
  private _isReady = false;
  private _poll: Poll;
  private _problem: string | null = null;
  private _ready = new PromiseDelegate<void>();
  private _schemaId: string;
  private _server: IServer;
}

export namespace Manager {
  /** What a manager needs of the application. */
  export interface IOptions {
    /** The application's event manager. */
    events: Event.IManager;

    /** How to reach the server. */
    serverSettings: ServerConnection.ISettings;

    /** Tells what the server does not answer in the user's language. */
    translator?: ITranslator | null;

    /** When the poll rests; `when-hidden` by default. */
    standby?: Poll.Standby;
  }
}
