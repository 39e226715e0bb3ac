import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel } from '@lumino/widgets';
import { makeFallback } from './fallback';
import { HistogramCell } from './histogramcell';
import { readHistogram } from './payload';
import { makeUnreadable } from './unreadable';

/** Renders an output that holds a histogram, live while the kernel replaces it. */
export class HistogramOutput extends Panel implements IRenderMime.IRenderer {
  constructor(options: HistogramOutput.IOptions) {
    super();
    this._options = options;
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const { mimeType, rendermime, trans } = this._options;
    const payload = readHistogram(model.data[mimeType]);
    if (payload && this._cell) {
      this._cell.replace(payload.histogram, payload.frame);
      return;
    }
    [...this.widgets].forEach(widget => widget.dispose());
    this._cell = null;
    if (payload) {
      this._cell = new HistogramCell({ ...payload, trans });
      this.addWidget(this._cell);
      return;
    }
    this.addWidget(makeUnreadable(trans));
    const fallback = makeFallback(model, mimeType, rendermime);
    if (fallback) {
      this.addWidget(fallback);
    }
  }

  private _cell: HistogramCell | null = null;
  private _options: HistogramOutput.IOptions;
}

export namespace HistogramOutput {
  export interface IOptions {
    mimeType: string;

    /** Renders what else outputs hold. */
    rendermime: IRenderMimeRegistry;
    trans: TranslationBundle;
  }
}
