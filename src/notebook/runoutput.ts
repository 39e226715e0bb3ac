import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel } from '@lumino/widgets';
import type { RunTabModel } from '../runs/tab/model';
import { makeFallback } from './fallback';
import { readRun } from './payload';
import { RunCell } from './runcell';
import { makeUnreadable } from './unreadable';

/**
 * Renders an output that names a run: the run as it is now, or, where nobody
 * knows it, what else the output holds.
 */
export class RunOutput extends Panel implements IRenderMime.IRenderer {
  constructor(options: RunOutput.IOptions) {
    super();
    this._options = options;
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const { createModel, mimeType, openTab, trans } = this._options;
    const payload = readRun(model.data[mimeType]);
    this._mimeModel = model;
    if (payload && this._cell?.model.id === payload.run) {
      this._updateFallback();
      return;
    }
    this._clear();
    if (payload === null) {
      this.addWidget(makeUnreadable(trans));
    } else {
      this._cell = new RunCell({
        model: createModel(payload.run),
        name: payload.name,
        openTab,
        trans
      });
      this._cell.model.changed.connect(this._updateFallback, this);
      this.addWidget(this._cell);
    }
    this._updateFallback();
  }

  /** Shows the rest of the output exactly while the run is not there. */
  private _updateFallback(): void {
    const isWanted = this._cell === null || this._cell.model.isGone;
    if (!isWanted) {
      this._fallback?.dispose();
      this._fallback = null;
    } else if (!this._fallback && this._mimeModel) {
      const { mimeType, rendermime } = this._options;
      this._fallback = makeFallback(this._mimeModel, mimeType, rendermime);
      if (this._fallback) {
        this.addWidget(this._fallback);
      }
    }
  }

  private _clear(): void {
    [...this.widgets].forEach(widget => widget.dispose());
    this._cell = null;
    this._fallback = null;
  }

  private _cell: RunCell | null = null;
  private _fallback: IRenderMime.IRenderer | null = null;
  private _mimeModel: IRenderMime.IMimeModel | null = null;
  private _options: RunOutput.IOptions;
}

export namespace RunOutput {
  export interface IOptions {
    mimeType: string;

    /** Makes the model of a run. */
    createModel: (run: string) => RunTabModel;

    /** Opens the tab of a run. */
    openTab: (run: string) => void;

    /** Renders what else outputs hold. */
    rendermime: IRenderMimeRegistry;
    trans: TranslationBundle;
  }
}
