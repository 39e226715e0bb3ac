import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import { formatName } from '../../components/format';
import { EmptyState, Problem } from '../../components/message';
import { SeenWidget } from '../../components/seenwidget';
import { useChanges } from '../../components/signals';
import { casaIcon } from '../../icons';
import { Details } from '../history/details';
import { stateTone } from '../states';
import { CommandsContext } from './again';
import { FailureAlert } from './alert';
import { Failures } from './failures';
import { Files } from './files/view';
import { Gallery } from './gallery';
import { Header } from './header';
import { stateIcon } from './icons';
import { Log } from './log';
import type { RunTabModel } from './model';
import { Performance } from './performanceview';
import { Datasets, Summary } from './progress';
import { Sections, SectionsContext } from './sections';

/** The content of a run's tab. */
export class RunTab extends SeenWidget {
  constructor(options: RunTab.IOptions) {
    super();
    this.model = options.model;
    this._commands = options.commands ?? null;
    this._sections = options.sections ?? new Sections();
    this._trans = options.trans;
    this.addClass('casa-RunTab');
    this.title.closable = true;
    this.model.runChanged.connect(this._updateTitle, this);
    this._updateTitle();
  }

  readonly model: RunTabModel;

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.model.dispose();
    super.dispose();
  }

  protected override render(): JSX.Element {
    return (
      <CommandsContext.Provider value={this._commands}>
        <SectionsContext.Provider value={this._sections}>
          <RunView model={this.model} trans={this._trans} />
        </SectionsContext.Provider>
      </CommandsContext.Provider>
    );
  }

  protected override onSeen(isSeen: boolean): void {
    this.model.isVisible = isSeen;
  }

  private _updateTitle(): void {
    const { run } = this.model;
    const { title } = this;
    title.label = run ? formatName(run.name) : this._trans.__('Run');
    title.caption = run
      ? `${run.name}\n${run.processor.location}`
      : this.model.id;
    title.icon = run ? stateIcon(run) : casaIcon;
    title.iconClass = run
      ? `casa-RunTab-icon casa-mod-${stateTone(run)}`
      : 'casa-RunTab-icon';
  }

  private _commands: CommandRegistry | null;
  private _sections: Sections;
  private _trans: TranslationBundle;
}

export namespace RunTab {
  export interface IOptions {
    model: RunTabModel;

    /** What can be done with runs elsewhere. */
    commands?: CommandRegistry;

    /** Remembers which sections are open; for this tab alone when not given. */
    sections?: Sections;
    trans: TranslationBundle;
  }
}

interface IRunViewProps {
  readonly model: RunTabModel;
  readonly trans: TranslationBundle;
}

/** A run: how it is, what it found, what went wrong. */
export function RunView({ model, trans }: IRunViewProps): JSX.Element {
  useChanges(model);
  const { isGone, problem, run } = model;
  if (!run) {
    return (
      <div className="casa-RunTab-content">
        {problem && <Problem message={problem} />}
        <EmptyState
          icon={casaIcon}
          message={
            isGone
              ? trans.__('This run does not exist any more.')
              : trans.__('Loading…')
          }
        />
      </div>
    );
  }
  return (
    <div className="casa-RunTab-content">
      <Header model={model} run={run} trans={trans} />
      <Summary model={model} run={run} trans={trans} />
      <FailureAlert model={model} run={run} trans={trans} />
      <div className="casa-RunTab-columns">
        <div className="casa-RunTab-main">
          <Gallery model={model} run={run} trans={trans} />
          <Files model={model} run={run} trans={trans} />
          <Details model={model} run={run} trans={trans} />
        </div>
        <div className="casa-RunTab-side">
          <Failures model={model} run={run} trans={trans} />
          <Datasets run={run} trans={trans} />
          <Performance model={model} run={run} trans={trans} />
          <Log model={model} trans={trans} />
        </div>
      </div>
    </div>
  );
}
