import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import React from 'react';
import type { Run } from '../../services/models';
import { LaunchModel } from './model';
import { LaunchView } from './view';

/**
 * Asks for a new run and launches it.
 *
 * @returns The run, or null when the user cancels.
 */
export function launchRun(options: LaunchModel.IOptions): Promise<Run | null> {
  const model = new LaunchModel(options);
  const dialog = new LaunchDialog(model, options.trans);
  return dialog
    .launch()
    .then(({ value }) => value)
    .finally(() => {
      dialog.dispose();
      model.dispose();
    });
}

/** A dialog that stays open, with all that was typed, until the launch succeeds. */
class LaunchDialog extends Dialog<Run | null> {
  constructor(
    private _model: LaunchModel,
    private _trans: TranslationBundle
  ) {
    const renderer = new Private.Renderer();
    const body = new Private.Body(_model, _trans);
    super({
      title: _model.isVariation
        ? _trans.__('Run Again with Changes')
        : _trans.__('New Run'),
      body,
      buttons: [
        Dialog.cancelButton({ label: _trans.__('Cancel') }),
        Dialog.createButton({
          accept: false,
          label: _trans.__('Dry Run'),
          caption: _trans.__('Try one chunk of each dataset')
        }),
        Dialog.okButton({ label: _trans.__('Launch') })
      ],
      focusNodeSelector: 'input',
      renderer
    });
    this._launchBody = body;
    [, this._tryButton, this._button] = renderer.buttons;
    this.addClass('casa-LaunchDialog');
    _model.changed.connect(this._updateButton, this);
    this._updateButton();
  }

  /** Launches first, and closes only when there is a run. */
  override resolve(index?: number): void {
    if (index === Private.TRY) {
      void this._model.tryOut();
    } else if (index === Private.CANCEL) {
      super.resolve(index);
    } else {
      void this._tryLaunch();
    }
  }

  override handleEvent(event: Event): void {
    if (
      event instanceof KeyboardEvent &&
      event.key === 'Enter' &&
      (event.target as Element).closest('.jp-Dialog-body :is(button, textarea)')
    ) {
      // The base takes Enter away from what is in the body.
      return;
    }
    super.handleEvent(event);
    if (event.type === 'input') {
      // The base enables the button after checking HTML's validity only.
      this._updateButton();
    }
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._updateButton();
  }

  private async _tryLaunch(): Promise<void> {
    const run = await this._model.launch();
    if (run && !this.isDisposed) {
      this._launchBody.run = run;
      super.resolve(Private.LAUNCH);
    }
  }

  private _updateButton(): void {
    const { busy, dryRun, missing } = this._model;
    this._button.disabled = busy || missing !== null;
    this._button.title = missing ?? '';
    this._tryButton.disabled = busy || dryRun.busy || missing !== null;
    this._tryButton.title =
      missing ??
      this._trans.__(
        'Try one chunk of each dataset: errors, time, memory, chunk size'
      );
    const label = this._button.querySelector('.jp-Dialog-buttonLabel');
    if (label) {
      label.textContent = busy
        ? this._trans.__('Launching…')
        : this._trans.__('Launch');
    }
  }

  private _launchBody: Private.Body;
  private _button: HTMLButtonElement;
  private _tryButton: HTMLButtonElement;
}

namespace Private {
  /** The indices of the dialog's buttons. */
  export const CANCEL = 0;
  export const TRY = 1;
  export const LAUNCH = 2;

  export class Body
    extends ReactWidget
    implements Dialog.IBodyWidget<Run | null>
  {
    constructor(
      private _model: LaunchModel,
      private _trans: TranslationBundle
    ) {
      super();
    }

    /** What the dialog results in. */
    run: Run | null = null;

    getValue(): Run | null {
      return this.run;
    }

    protected override render(): JSX.Element {
      return <LaunchView model={this._model} trans={this._trans} />;
    }
  }

  /** Remembers the buttons, to disable them while the form lacks something. */
  export class Renderer extends Dialog.Renderer {
    readonly buttons: HTMLButtonElement[] = [];

    override createButtonNode(button: Dialog.IButton): HTMLButtonElement {
      const node = super.createButtonNode(button);
      this.buttons.push(node);
      return node;
    }
  }
}
