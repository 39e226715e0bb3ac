import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { IDisposable } from '@lumino/disposable';
import * as React from 'react';
import { TextButton } from '../components/button';
import { formatName } from '../components/format';
import { EmptyState, Problem } from '../components/message';
import { casaIcon } from '../icons';
import { Gallery } from '../runs/tab/gallery';
import { Header } from '../runs/tab/header';
import type { RunTabModel } from '../runs/tab/model';
import { Datasets, Summary } from '../runs/tab/progress';
import { Sections, SectionsContext } from '../runs/tab/sections';
import { keepKeys } from './keys';
import { observeVisible } from './visible';

/** A run in the output of a cell: what its tab shows, in brief. */
export class RunCell extends ReactWidget {
  constructor(options: RunCell.IOptions) {
    super();
    this.model = options.model;
    this._name = options.name;
    this._openTab = options.openTab;
    this._trans = options.trans;
    this.addClass('casa-RunTab');
    this.addClass('casa-RunCell');
    keepKeys(this.node);
    this.model.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  readonly model: RunTabModel;

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._visible?.dispose();
    this.model.dispose();
    super.dispose();
  }

  protected override render(): JSX.Element {
    return (
      <SectionsContext.Provider value={this._sections}>
        <RunCellView
          model={this.model}
          name={this._name}
          openTab={this._openTab}
          trans={this._trans}
        />
      </SectionsContext.Provider>
    );
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._visible = observeVisible(this.node, isVisible => {
      this.model.isVisible = isVisible;
      this._onChanged();
    });
  }

  protected override onBeforeDetach(message: Message): void {
    this._visible?.dispose();
    this._visible = null;
    this.model.isVisible = false;
    super.onBeforeDetach(message);
  }

  /** Shows the news where somebody sees them; what is off screen costs nothing. */
  private _onChanged(): void {
    this.toggleClass('casa-mod-gone', this.model.isGone);
    if (this.model.isVisible) {
      this.update();
    }
  }

  private _name: string;
  private _openTab: (run: string) => void;
  // Folding one away here says nothing about tabs.
  private _sections = new Sections();
  private _trans: TranslationBundle;
  private _visible: IDisposable | null = null;
}

export namespace RunCell {
  export interface IOptions {
    /** What is shown; disposed with the widget. */
    model: RunTabModel;

    /** What the run was called when the output was made. */
    name: string;

    /** Opens the tab of a run. */
    openTab: (run: string) => void;
    trans: TranslationBundle;
  }
}

/** How the run is, and what it found; rendered when either changed. */
function RunCellView({
  model,
  name,
  openTab,
  trans
}: RunCell.IOptions): JSX.Element {
  const { isGone, problem, run } = model;
  if (isGone) {
    return (
      <p className="casa-RunTab-message">
        {trans.__(
          'The run “%1” is not known here: it was deleted, or belongs to another machine.',
          formatName(name || model.id)
        )}
      </p>
    );
  }
  if (!run) {
    return (
      <div className="casa-RunCell-content">
        {problem && <Problem message={problem} />}
        <EmptyState icon={casaIcon} message={trans.__('Loading…')} />
      </div>
    );
  }
  return (
    <div className="casa-RunCell-content">
      <Header model={model} run={run} trans={trans} isBrief>
        <TextButton
          title={trans.__('Show the run with its failures, files and log')}
          onClick={() => openTab(run.id)}
        >
          {trans.__('Open in a tab')}
        </TextButton>
      </Header>
      <Summary model={model} run={run} trans={trans} />
      <div className="casa-RunCell-body">
        <Gallery model={model} run={run} trans={trans} />
        <Datasets run={run} trans={trans} />
      </div>
    </div>
  );
}
