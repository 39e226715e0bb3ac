import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { Unwatch, View, Watch } from '../services/models';
import { FrameError, type IFrame, decodeFrame, decodeProblem } from './frame';

/** What to watch: a view of a histogram of a run. */
export interface IWatchRequest {
  readonly run: string;
  readonly histogram: string;
  readonly view: View;
}

/** Is told what the server says of a watch. */
export interface IWatchReceiver {
  /** A newer snapshot of the view has come. */
  onFrame(frame: IFrame): void;

  /** The view cannot be had, for the reason that the sentence gives. */
  onProblem(message: string): void;
}

/** Live views of histograms, from the server. */
export interface IHistogramStream {
  /** True while nothing is watched or the server answers. */
  readonly isConnected: boolean;

  /** Emitted when `isConnected` changes. */
  readonly connectionChanged: ISignal<IHistogramStream, boolean>;

  /** Watches a view until the result is disposed. */
  watch(request: IWatchRequest, receiver: IWatchReceiver): IDisposable;
}

/**
 * The histogram websocket: one for all views, open only while
 * somebody sees any.
 *
 * A connection that breaks is opened again with back-off, and asked for the
 * views that are watched at that time.
 */
export class HistogramStream implements IHistogramStream, IDisposable {
  constructor(options: HistogramStream.IOptions) {
    this._settings = options.serverSettings;
    document.addEventListener('visibilitychange', this._onVisibility);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get isConnected(): boolean {
    return this._isConnected;
  }

  get connectionChanged(): ISignal<this, boolean> {
    return this._connectionChanged;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    document.removeEventListener('visibilitychange', this._onVisibility);
    this._watches.clear();
    this._close();
    Signal.clearData(this);
  }

  watch(request: IWatchRequest, receiver: IWatchReceiver): IDisposable {
    const watch = `w${++this._count}`;
    const message: Watch = { type: 'watch', watch, ...request };
    this._watches.set(watch, { message, receiver });
    if (this._socket?.readyState === SOCKET_OPEN) {
      this._send(message);
    }
    this._follow();
    return new DisposableDelegate(() => this._unwatch(watch));
  }

  private _unwatch(watch: string): void {
    if (!this._watches.delete(watch)) {
      return;
    }
    if (this._socket?.readyState === SOCKET_OPEN) {
      this._send({ type: 'unwatch', watch });
    }
    this._follow();
  }

  /** Whether anybody sees a histogram. */
  private get _isWanted(): boolean {
    return this._watches.size > 0 && !document.hidden;
  }

  /** Opens the connection when it is wanted, and closes it soon when it is not. */
  private _follow(): void {
    window.clearTimeout(this._idleTimer);
    if (!this._isWanted) {
      // Scrolling and changing views unwatch for a moment only.
      this._idleTimer = window.setTimeout(() => this._close(), IDLE_MS);
    } else if (!this._socket && this._retryTimer === 0) {
      this._open();
    }
  }

  private _onVisibility = (): void => this._follow();

  private _open(): void {
    const { WebSocket, appendToken, token, wsUrl } = this._settings;
    let url = URLExt.join(wsUrl, 'casa', 'histograms');
    if (appendToken && token) {
      url += `?token=${encodeURIComponent(token)}`;
    }
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this._onOpen();
    socket.onmessage = (event: MessageEvent<unknown>) => this._onMessage(event);
    socket.onclose = () => this._onClose();
    this._socket = socket;
  }

  private _close(): void {
    window.clearTimeout(this._idleTimer);
    window.clearTimeout(this._retryTimer);
    this._retryTimer = 0;
    const socket = this._socket;
    this._socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    this._setConnected(true);
  }

  private _onOpen(): void {
    this._attempts = 0;
    this._setConnected(true);
    for (const { message } of this._watches.values()) {
      this._send(message);
    }
  }

  private _onClose(): void {
    this._socket = null;
    if (!this._isWanted) {
      this._close();
      return;
    }
    this._setConnected(false);
    const delay = Math.min(RETRY_MS * 2 ** this._attempts++, MAX_RETRY_MS);
    // Spread out, so that the tabs of many users do not come back as one.
    this._retryTimer = window.setTimeout(
      () => {
        this._retryTimer = 0;
        this._open();
      },
      delay * (0.75 + 0.5 * Math.random())
    );
  }

  private _onMessage(event: MessageEvent<unknown>): void {
    try {
      if (event.data instanceof ArrayBuffer) {
        const frame = decodeFrame(event.data);
        this._watches.get(frame.header.watch)?.receiver.onFrame(frame);
      } else if (typeof event.data === 'string') {
        const problem = decodeProblem(event.data);
        if (problem) {
          this._watches.get(problem.watch)?.receiver.onProblem(problem.message);
        }
      }
    } catch (error) {
      if (!(error instanceof FrameError)) {
        throw error;
      }
      console.error('Casa received a histogram that it cannot read.', error);
      if (error.watch !== null) {
        this._watches.get(error.watch)?.receiver.onProblem(error.message);
      }
    }
  }

  private _send(message: Watch | Unwatch): void {
    this._socket?.send(JSON.stringify(message));
  }

  private _setConnected(value: boolean): void {
    if (this._isConnected !== value) {
      this._isConnected = value;
      this._connectionChanged.emit(value);
    }
  }

  private _attempts = 0;
  private _connectionChanged = new Signal<this, boolean>(this);
  private _count = 0;
  private _idleTimer = 0;
  private _isConnected = true;
  private _isDisposed = false;
  private _retryTimer = 0;
  private _settings: ServerConnection.ISettings;
  private _socket: WebSocket | null = null;
  private _watches = new Map<string, IWatch>();
}

/** A namespace for `HistogramStream` statics. */
export namespace HistogramStream {
  /** What is needed to make a stream. */
  export interface IOptions {
    readonly serverSettings: ServerConnection.ISettings;
  }
}

interface IWatch {
  readonly message: Watch;
  readonly receiver: IWatchReceiver;
}

/** `WebSocket.OPEN`, which the settings' own WebSocket may not define. */
const SOCKET_OPEN = 1;

/** A socket that nobody needs is closed after this time. */
const IDLE_MS = 5_000;

const RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;
