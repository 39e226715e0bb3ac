import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';

/** A widget that knows whether somebody sees it: its tab, and the browser's own. */
export abstract class SeenWidget extends ReactWidget {
  /** Handles the page's own visibility; widgets are told of the tab's. */
  handleEvent(event: Event): void {
    if (event.type === 'visibilitychange') {
      this._update();
    }
  }

  /** Called with whether somebody sees it, when that may have changed. */
  protected abstract onSeen(isSeen: boolean): void;

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._update();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this._update();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    document.addEventListener('visibilitychange', this);
    this._update();
  }

  protected override onBeforeDetach(message: Message): void {
    document.removeEventListener('visibilitychange', this);
    this.onSeen(false);
    super.onBeforeDetach(message);
  }

  private _update(): void {
    this.onSeen(this.isVisible && !document.hidden);
  }
}
