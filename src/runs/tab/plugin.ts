import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { type MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandIDs } from '../../commands';
import { addCompareCommand } from '../compare/command';
import { runOf } from '../history/clicked';
import { NotebookMaker } from '../notebooks';
import { IRunManager } from '../tokens';
import type { RunTabFactory } from './factory';
import { IRunTabTracker, IRunViews } from './tokens';
import type { RunTab } from './widget';

/** Loads what shows runs: it draws histograms, which most pages never need. */
export const runViewsPlugin: JupyterFrontEndPlugin<IRunViews> = {
  id: 'casa-lab:run-views',
  description: 'Loads what shows runs in tabs and in outputs of notebooks.',
  autoStart: true,
  requires: [IRunManager],
  optional: [IDefaultFileBrowser, IStateDB, ITranslator],
  provides: IRunViews,
  activate: (
    app: JupyterFrontEnd,
    runs: IRunManager,
    files: IDefaultFileBrowser | null,
    state: IStateDB | null,
    translator: ITranslator | null
  ): IRunViews => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('casa-lab');
    let factory: Promise<RunTabFactory> | null = null;
    const load = async (): Promise<RunTabFactory> => {
      const { RunTabFactory } = await import('./factory');
      const { contents, kernelspecs, serverSettings } = app.serviceManager;
      const notebooks = new NotebookMaker({
        commands,
        contents,
        kernelspecs,
        folder: () => files?.model.path ?? ''
      });
      return new RunTabFactory({
        commands,
        notebooks,
        openCode: commands.hasCommand(CommandIDs.openRunCode)
          ? (run, path) =>
              void commands.execute(CommandIDs.openRunCode, { run, path })
          : null,
        runs,
        serverSettings,
        state,
        trans
      });
    };
    return {
      load: () =>
        (factory ??= load().catch((error: unknown) => {
          // The server may have been away: the next try may do better.
          factory = null;
          throw error;
        }))
    };
  }
};

/** Opens the tabs of runs, and opens them again when the layout is restored. */
export const runTabPlugin: JupyterFrontEndPlugin<IRunTabTracker> = {
  id: 'casa-lab:run-tab',
  description: 'Adds the tab that shows a run with its live histograms.',
  autoStart: true,
  requires: [IRunViews],
  optional: [ILayoutRestorer, ITranslator],
  provides: IRunTabTracker,
  activate: (
    app: JupyterFrontEnd,
    views: IRunViews,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ): IRunTabTracker => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('casa-lab');
    const tracker = new WidgetTracker<MainAreaWidget<RunTab>>({
      namespace: 'casa-run'
    });

    commands.addCommand(CommandIDs.openRun, {
      label: trans.__('Open Run'),
      caption: trans.__('Show the run with its progress and histograms'),
      describedBy: {
        args: {
          type: 'object',
          required: ['run'],
          properties: {
            run: { type: 'string', description: trans.__('Id of the run') }
          }
        }
      },
      execute: async args => {
        const id = runOf(app, args.run);
        if (id === null) {
          return;
        }
        const factory = await views.load();
        let widget = tracker.find(({ content }) => content.model.id === id);
        if (!widget) {
          widget = factory.create(id);
          await tracker.add(widget);
        }
        if (!widget.isAttached) {
          shell.add(widget, 'main', { type: 'Casa Run' });
        }
        shell.activateById(widget.id);
        return widget;
      }
    });

    void restorer?.restore(tracker, {
      command: CommandIDs.openRun,
      args: ({ content }) => ({ run: content.model.id }),
      name: ({ content }) => content.model.id
    });
    addCompareCommand({ app, tabs: () => views.load(), restorer, trans });
    return tracker;
  }
};
