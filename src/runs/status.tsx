import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ReactWidget } from '@jupyterlab/apputils';
import { IStatusBar } from '@jupyterlab/statusbar';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import React from 'react';
import { CommandIDs } from '../commands';
import { formatCount } from '../components/format';
import { ProgressBar } from '../components/progress';
import { useChanges } from '../components/signals';
import { casaIcon } from '../icons';
import { RunNews, UnseenRuns } from './news';
import { fractionDone, isActive, stateLabel, stateTone } from './states';
import { IRunTabTracker } from './tab/tokens';
import { IRunManager } from './tokens';

/** Shows in the status bar the runs that go on, and those that ended unseen. */
export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'casa-lab:run-status',
  description:
    'Shows active runs, and those that have ended, in the status bar.',
  autoStart: true,
  requires: [IRunManager],
  optional: [IRunTabTracker, IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IRunManager,
    tabs: IRunTabTracker | null,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ) => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('casa-lab');
    const unseen = new UnseenRuns({
      manager,
      news: new RunNews(manager),
      isSeen: run =>
        tabs?.find(
          ({ content }) => content.model.id === run && content.model.isVisible
        ) !== undefined
    });
    const see = (): void => {
      const run = tabs?.currentWidget?.content.model.id;
      if (run !== undefined) {
        unseen.see(run);
      }
    };
    tabs?.currentChanged.connect(see);
    const changed = new Signal<JupyterFrontEndPlugin<void>, void>(statusPlugin);
    manager.changed.connect(() => changed.emit());
    unseen.changed.connect(() => changed.emit());
    const open = (run: string): void => {
      unseen.see(run);
      void commands.execute(CommandIDs.openRun, { run });
    };
    statusBar?.registerStatusItem('casa-lab:run-status', {
      align: 'left',
      isActive: () => manager.runs.some(isActive) || unseen.runs.length > 0,
      activeStateChanged: changed,
      item: ReactWidget.create(
        <RunStatus
          manager={manager}
          unseen={unseen}
          onOpen={open}
          trans={trans}
        />
      ),
      rank: 10
    });
  }
};

interface IRunStatusProps {
  readonly manager: IRunManager;

  /** The runs that have ended while nobody was looking. */
  readonly unseen: UnseenRuns;

  /** Called with the run that the user wants to see. */
  readonly onOpen: (run: string) => void;
  readonly trans: TranslationBundle;
}

/** The newest active run, else the one that ended last; how many more there are. */
export function RunStatus(props: IRunStatusProps): JSX.Element | null {
  const { manager, onOpen, trans, unseen } = props;
  useChanges(manager, unseen);
  const active = manager.runs.filter(isActive);
  const runs = active.length > 0 ? active : unseen.runs;
  if (runs.length === 0) {
    return null;
  }
  const [run] = runs;
  const fraction = fractionDone(run);
  const failed = run.progress.chunks_failed;
  const label =
    runs.length === 1
      ? run.name
      : trans.__('%1 and %2 more', run.name, runs.length - 1);
  return (
    <button
      type="button"
      className="casa-PlainButton casa-RunStatus jp-mod-highlighted"
      title={`${run.message}\n${trans.__('Click to open the run.')}`}
      onClick={() => onOpen(run.id)}
    >
      <casaIcon.react tag={null} width="14px" height="14px" />
      <span className="casa-RunStatus-label">{label}</span>
      {isActive(run) ? (
        <>
          <ProgressBar
            fraction={fraction}
            tone={stateTone(run)}
            label={run.name}
          />
          {fraction !== null && <span>{Math.floor(fraction * 100)}%</span>}
        </>
      ) : (
        <span className="casa-RunStatus-state" data-tone={stateTone(run)}>
          {stateLabel(run.state, trans)}
        </span>
      )}
      {failed > 0 && (
        <span className="casa-RunStatus-failed">
          {trans.__('%1 failed', formatCount(failed))}
        </span>
      )}
    </button>
  );
}
