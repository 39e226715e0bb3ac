import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatName } from '../../components/format';
import { SeenWidget } from '../../components/seenwidget';
import { compareIcon } from '../../icons';
import { Sections, SectionsContext } from '../tab/sections';
import type { CompareModel } from './model';
import { CompareView } from './view';

/** The content of a tab that compares runs. */
export class ComparePage extends SeenWidget {
  constructor(options: ComparePage.IOptions) {
    super();
    this.model = options.model;
    this._onOpen = options.onOpen;
    this._sections = options.sections ?? new Sections();
    this._trans = options.trans;
    this.addClass('casa-RunTab');
    this.addClass('casa-Compare');
    this.title.closable = true;
    this.title.icon = compareIcon;
    this.model.changed.connect(this._updateTitle, this);
    this._updateTitle();
  }

  readonly model: CompareModel;

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.model.dispose();
    super.dispose();
  }

  protected override onSeen(isSeen: boolean): void {
    this.model.isVisible = isSeen;
  }

  protected override render(): JSX.Element {
    return (
      <SectionsContext.Provider value={this._sections}>
        <CompareView
          model={this.model}
          onOpen={this._onOpen}
          trans={this._trans}
        />
      </SectionsContext.Provider>
    );
  }

  private _updateTitle(): void {
    const { ids } = this.model;
    const names = ids.map(id => this.model.run(id)?.name ?? id);
    const label = [...new Set(names)].map(formatName).join(', ');
    this.title.label = this._trans.__('Compare: %1', label);
    this.title.caption = names.join('\n');
  }

  private _onOpen: (run: string) => void;
  private _sections: Sections;
  private _trans: TranslationBundle;
}

export namespace ComparePage {
  export interface IOptions {
    model: CompareModel;

    /** Called with the run that the user wants to see by itself. */
    onOpen: (run: string) => void;

    /** Remembers which sections are open; for this tab alone when not given. */
    sections?: Sections;
    trans: TranslationBundle;
  }
}
