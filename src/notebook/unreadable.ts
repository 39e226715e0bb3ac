import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

/** Makes what says that an output cannot be read. */
export function makeUnreadable(trans: TranslationBundle): Widget {
  const node = document.createElement('p');
  node.textContent = trans.__(
    'Casa cannot read this output: it is damaged, or of another version. Run the cell again.'
  );
  const widget = new Widget({ node });
  widget.addClass('casa-CellMessage');
  return widget;
}
