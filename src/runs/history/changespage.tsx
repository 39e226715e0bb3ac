import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Problem } from '../../components/message';
import { useChanges } from '../../components/signals';
import { compareIcon } from '../../icons';
import type { RunChanges } from '../../services/models';
import { Resource } from '../tab/resource';
import type { IRunManager } from '../tokens';
import { ChangesView } from './changes';

/** The content of a tab that shows what changed between two runs. */
export class ChangesPage extends ReactWidget {
  constructor(options: ChangesPage.IOptions) {
    super();
    const { run, runs, since, trans } = options;
    this.addClass('casa-RunTab');
    this.addClass('casa-Changes');
    this.title.closable = true;
    this.title.icon = compareIcon;
    this.title.label = trans.__('What changed');
    this._changes = new Resource({
      fetch: () => runs.changes(run, since),
      interval: 1_000
    });
    this._changes.changed.connect(({ value }) => {
      if (value) {
        this.title.label = trans.__('%1: changes', value.name);
      }
    });
    this.run = run;
    this.since = since;
    this._trans = trans;
    this._changes.refresh();
  }

  /** Id of the run. */
  readonly run: string;

  /** Id of the run that it is compared with. */
  readonly since: string;

  override dispose(): void {
    this._changes.dispose();
    super.dispose();
  }

  protected override render(): JSX.Element {
    return <Page changes={this._changes} trans={this._trans} />;
  }

  private _changes: Resource<RunChanges>;
  private _trans: TranslationBundle;
}

export namespace ChangesPage {
  export interface IOptions {
    /** Id of the run. */
    run: string;

    /** Id of the run that it is compared with. */
    since: string;
    runs: IRunManager;
    trans: TranslationBundle;
  }
}

interface IPageProps {
  readonly changes: Resource<RunChanges>;
  readonly trans: TranslationBundle;
}

function Page({ changes, trans }: IPageProps): JSX.Element {
  useChanges(changes);
  return (
    <div className="casa-RunTab-content">
      {changes.problem && <Problem message={changes.problem} />}
      {changes.value ? (
        <ChangesView changes={changes.value} trans={trans} />
      ) : (
        !changes.problem && <p>{trans.__('Loading…')}</p>
      )}
    </div>
  );
}
