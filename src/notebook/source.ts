import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type {
  IFrame,
  IHistogramStream,
  IWatchReceiver,
  IWatchRequest
} from '../histograms';

/** Frames that come with outputs of a notebook, and not from the server. */
export class FrameSource implements IHistogramStream {
  readonly connectionChanged = new Signal<this, boolean>(this);
  readonly isConnected = true;

  /** Shows a frame to all who watch, now or later. */
  put(frame: IFrame | null): void {
    this._frame = frame;
    this._receivers.forEach(receiver => this._tell(receiver));
  }

  watch(_: IWatchRequest, receiver: IWatchReceiver): IDisposable {
    this._receivers.add(receiver);
    this._tell(receiver);
    return new DisposableDelegate(() => {
      this._receivers.delete(receiver);
    });
  }

  private _tell(receiver: IWatchReceiver): void {
    if (this._frame) {
      receiver.onFrame(this._frame);
    }
  }

  private _frame: IFrame | null = null;
  private _receivers = new Set<IWatchReceiver>();
}
