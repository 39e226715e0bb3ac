import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IClusterManager } from '../../clusters/tokens';
import { CommandIDs } from '../../commands';
import { IDatasetManager } from '../../datasets/tokens';
import { casaIcon } from '../../icons';
import { ICasaSettings } from '../../settings';
import { onKeptRun } from '../history/clicked';
import { IRunManager } from '../tokens';
import type { LaunchModel } from './model';

/** What opens the dialog: nothing, datasets, a file, or an earlier run. */
type Occasion = Pick<LaunchModel.IOptions, 'preselected' | 'past' | 'file'>;

/** Provides the ways to the dialog of a new run. */
export const launchPlugin: JupyterFrontEndPlugin<void> = {
  id: 'casa-lab:launch',
  description: 'Adds the dialog that launches a run.',
  autoStart: true,
  requires: [IRunManager, IDatasetManager, IClusterManager, ICasaSettings],
  optional: [
    ITranslator,
    ICommandPalette,
    ILauncher,
    IFileBrowserFactory,
    INotebookTracker
  ],
  activate: (
    app: JupyterFrontEnd,
    runs: IRunManager,
    datasets: IDatasetManager,
    clusters: IClusterManager,
    settings: ICasaSettings,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    browsers: IFileBrowserFactory | null,
    notebooks: INotebookTracker | null
  ) => {
    const { commands } = app;
    const { contents } = app.serviceManager;
    const trans = (translator ?? nullTranslator).load('casa-lab');
    const category = trans.__('Casa');

    const open = async (occasion: Occasion): Promise<void> => {
      // The dialog proposes the user's chunk size.
      await settings.ready;
      const { launchRun } = await import('./dialog');
      const options = { clusters, datasets, runs, settings, trans };
      const run = await launchRun({ ...options, ...occasion });
      if (
        run &&
        settings.openRunAfterLaunch &&
        commands.hasCommand(CommandIDs.openRun)
      ) {
        await commands.execute(CommandIDs.openRun, { run: run.id });
      }
    };

    commands.addCommand(CommandIDs.newRun, {
      label: args =>
        args.isPalette
          ? trans.__('New Run…')
          : args.isMenu
            ? trans.__('Casa Run…')
            : trans.__('New Run'),
      caption: trans.__('Run a Coffea processor over datasets'),
      icon: args => (args.isPalette ? undefined : casaIcon),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            datasets: {
              type: 'array',
              items: { type: 'string' },
              description: trans.__('Names of datasets that are ticked already')
            },
            file: {
              type: 'string',
              description: trans.__(
                'Python file or notebook whose processors are listed first'
              )
            }
          }
        }
      },
      execute: args =>
        open({
          preselected: Array.isArray(args.datasets)
            ? args.datasets.map(String)
            : [],
          file: typeof args.file === 'string' ? args.file : undefined
        })
    });
    palette?.addItem({
      command: CommandIDs.newRun,
      args: { isPalette: true },
      category
    });
    launcher?.add({ command: CommandIDs.newRun, category, rank: 1 });

    commands.addCommand(CommandIDs.runSelected, {
      label: trans.__('Run with Casa…'),
      caption: trans.__('Run a processor of this file over datasets'),
      icon: casaIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isVisible: () => !!browsers?.tracker.currentWidget,
      execute: async () => {
        const browser = browsers?.tracker.currentWidget;
        const item = browser?.selectedItems().next().value;
        if (item) {
          await open({ file: contents.localPath(item.path) });
        }
      }
    });

    commands.addCommand(CommandIDs.runNotebook, {
      label: args => (args.toolbar ? '' : trans.__('Run with Casa…')),
      caption: trans.__(
        'Run with Casa: a processor of this notebook over datasets'
      ),
      icon: casaIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => !!notebooks?.currentWidget,
      execute: async () => {
        const context = notebooks?.currentWidget?.context;
        if (!context) {
          return;
        }
        // The server reads the file.
        if (context.model.dirty) {
          await context.save();
        }
        await open({ file: contents.localPath(context.path) });
      }
    });
    palette?.addItem({ command: CommandIDs.runNotebook, category });

    commands.addCommand(CommandIDs.rerunChanged, {
      label: trans.__('Run Again with Changes…'),
      caption: trans.__(
        'Fill the dialog of a new run with what this one was launched with'
      ),
      ...onKeptRun(app, runs, trans, async run =>
        open({ past: await runs.requestOf(run) })
      )
    });
  }
};
