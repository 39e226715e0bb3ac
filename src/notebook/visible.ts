import type { IDisposable } from '@lumino/disposable';

/**
 * Tells whether anybody sees an element: on screen, in a page that is not hidden.
 *
 * @param onChange - Called when that changes; nobody does at first.
 */
export function observeVisible(
  element: Element,
  onChange: (isVisible: boolean) => void
): IDisposable {
  let isOnScreen = false;
  let wasVisible = false;
  let isDisposed = false;
  const update = (): void => {
    const isVisible = isOnScreen && !document.hidden;
    if (isVisible !== wasVisible) {
      wasVisible = isVisible;
      onChange(isVisible);
    }
  };
  const observer = new IntersectionObserver(entries => {
    isOnScreen = entries[entries.length - 1].isIntersecting;
    update();
  });
  observer.observe(element);
  document.addEventListener('visibilitychange', update);
  return {
    get isDisposed() {
      return isDisposed;
    },
    dispose: () => {
      isDisposed = true;
      observer.disconnect();
      document.removeEventListener('visibilitychange', update);
    }
  };
}
