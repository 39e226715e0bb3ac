import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

/** Renders a component again whenever a signal is emitted. */
export function useSignal<T, U>(signal: ISignal<T, U>): void {
  const [, update] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    const onEmitted = (): void => update();
    signal.connect(onEmitted);
    return () => {
      signal.disconnect(onEmitted);
    };
  }, [signal]);
}

/** Calls back with the size of an element, now and when it changes. */
export function useSize(
  element: React.RefObject<HTMLElement>,
  onSize: (width: number, height: number) => void
): void {
  React.useEffect(() => {
    const { current } = element;
    if (!current) {
      return;
    }
    const observer = new ResizeObserver(() =>
      onSize(current.clientWidth, current.clientHeight)
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, [element, onSize]);
}

/** Calls back when an element comes into view, and what that returns when it leaves. */
export function useOnScreen(
  element: React.RefObject<HTMLElement>,
  onShown: () => () => void
): void {
  React.useEffect(() => {
    const { current } = element;
    if (!current) {
      return;
    }
    let leave: (() => void) | null = null;
    const observer = new IntersectionObserver(entries => {
      const { isIntersecting } = entries[entries.length - 1];
      if (isIntersecting && !leave) {
        leave = onShown();
      } else if (!isIntersecting) {
        leave?.();
        leave = null;
      }
    });
    observer.observe(current);
    return () => {
      observer.disconnect();
      leave?.();
    };
  }, [element, onShown]);
}
