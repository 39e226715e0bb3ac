import type { Event } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

/** The nouns that the server tells news of. */
export type EventNoun = 'datasets' | 'cluster' | 'run';

/**
 * Calls back with the news of one noun from the server's event stream.
 *
 * @param events - The application's event manager.
 * @param noun - What to be told about.
 * @param callback - Called with the event's data, unchecked.
 * @returns A disposable that ends the subscription.
 */
export function subscribe(
  events: Event.IManager,
  noun: EventNoun,
  callback: (data: Event.Emission) => void
): IDisposable {
  return new Subscription(events.stream, schemaId(noun), callback);
}

/** The id of the event schema of a noun, as the companion registers it. */
export function schemaId(noun: EventNoun): string {
  return `https://events.casa-lab.org/${noun}/v1`;
}

class Subscription implements IDisposable {
  constructor(
    stream: Event.Stream,
    private _schemaId: string,
    private _callback: (data: Event.Emission) => void
  ) {
    stream.connect(this._onEmission, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private _onEmission(_: Event.IManager, emission: Event.Emission): void {
    if (emission.schema_id === this._schemaId) {
      this._callback(emission);
    }
  }

  private _isDisposed = false;
}
