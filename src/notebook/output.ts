import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { PanelLayout, Widget } from '@lumino/widgets';

/** An output of a cell that loads what it shows when it is rendered. */
export class LazyOutput extends Widget implements IRenderMime.IRenderer {
  /**
   * @param load - Loads and makes what is shown.
   * @param failed - What is said where that is impossible, as a sentence.
   */
  constructor(load: () => Promise<IRenderMime.IRenderer>, failed: string) {
    super({ node: document.createElement('div') });
    this._failed = failed;
    this._load = load;
    this.layout = new PanelLayout();
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    // JupyterLab shows the message of an error.
    this._renderer ??= this._load().catch((error: unknown) => {
      this._renderer = null;
      console.error(error);
      throw new Error(this._failed);
    });
    const renderer = await this._renderer;
    if (this.isDisposed) {
      renderer.dispose();
      return;
    }
    if (!renderer.parent) {
      (this.layout as PanelLayout).addWidget(renderer);
    }
    await renderer.renderModel(model);
  }

  private _failed: string;
  private _load: () => Promise<IRenderMime.IRenderer>;
  private _renderer: Promise<IRenderMime.IRenderer> | null = null;
}
