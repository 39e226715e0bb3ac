/**
 * Keeps keys for what has the focus in an output: in a notebook's command mode
 * a letter would insert a cell, and Enter would edit one.
 *
 * What has a meaning everywhere goes on: combinations, and Shift with Enter.
 */
export function keepKeys(node: HTMLElement): void {
  node.addEventListener('keydown', event => {
    const { altKey, ctrlKey, key, metaKey, shiftKey } = event;
    if (!(altKey || ctrlKey || metaKey || (shiftKey && key === 'Enter'))) {
      event.stopPropagation();
    }
  });
}
