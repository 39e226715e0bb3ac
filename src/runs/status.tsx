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
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { CommandIDs } from '../commands';
import { ProgressBar } from '../components/progress';
import { useChanges } from '../components/signals';
import { casaIcon } from '../icons';
import { fractionDone, isActive, stateTone } from './states';
import { IRunManager } from './tokens';

/** Shows the runs that are going on in the status bar. */
export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'casa-lab:run-status',
  description: 'Shows active runs in the status bar.',
  autoStart: true,
  requires: [IRunManager],
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IRunManager,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('casa-lab');
    statusBar?.registerStatusItem('casa-lab:run-status', {
      align: 'left',
      isActive: () => manager.runs.some(isActive),
      activeStateChanged: manager.changed,
      item: ReactWidget.create(
        <RunStatus commands={app.commands} manager={manager} trans={trans} />
      ),
      rank: 10
    });
  }
};

interface IRunStatusProps {
  commands: CommandRegistry;
  manager: IRunManager;
  trans: TranslationBundle;
}

/** The newest active run; how many more there are. */
function RunStatus(props: IRunStatusProps): JSX.Element | null {
  const { commands, manager, trans } = props;
  useChanges(manager);
  const active = manager.runs.filter(isActive);
  if (active.length === 0) {
    return null;
  }
  const [run] = active;
  const fraction = fractionDone(run);
  const label =
    active.length === 1
      ? run.name
      : trans.__('%1 and %2 more', run.name, active.length - 1);
  return (
    <button
      type="button"
      className="casa-RunStatus jp-mod-highlighted"
      title={`${run.message}\n${trans.__('Click to open the run.')}`}
      onClick={() => {
        void commands.execute(CommandIDs.openRun, { run: run.id });
      }}
    >
      <casaIcon.react tag={null} width="14px" height="14px" />
      <span className="casa-RunStatus-label">{label}</span>
      <ProgressBar fraction={fraction} tone={stateTone(run)} label={run.name} />
      {fraction !== null && <span>{Math.floor(fraction * 100)}%</span>}
    </button>
  );
}
