import type { ISignal } from '@lumino/signaling';
import { useEffect, useReducer, useState } from 'react';

/** Something that tells when it changed. */
export interface IChanging {
  readonly changed: ISignal<unknown, unknown>;
}

/** Renders again whenever one of the sources changes. */
export function useChanges(...sources: readonly IChanging[]): void {
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    sources.forEach(source => source.changed.connect(render));
    // A change between rendering and this effect would be missed.
    render();
    return () => {
      sources.forEach(source => source.changed.disconnect(render));
    };
    // The sources are spread, so that their number must stay the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, sources);
}

/** The time in seconds since the epoch, renewed every minute. */
export function useMinutes(): number {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    const timer = window.setInterval(() => {
      setNow(Date.now() / 1000);
    }, 60_000);
    return () => {
      window.clearInterval(timer);
    };
  }, []);
  return now;
}
