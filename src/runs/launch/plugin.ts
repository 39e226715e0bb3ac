import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IClusterManager } from '../../clusters/tokens';
import { CommandIDs } from '../../commands';
import { IDatasetManager } from '../../datasets/tokens';
import { casaIcon } from '../../icons';
import { ICasaSettings } from '../../settings';
import { IRunManager } from '../tokens';

/** Adds the dialog of a new run. */
export const launchPlugin: JupyterFrontEndPlugin<void> = {
  id: 'casa-lab:launch',
  description: 'Adds the dialog that launches a run.',
  autoStart: true,
  requires: [IRunManager, IDatasetManager, IClusterManager, ICasaSettings],
  optional: [ITranslator, ICommandPalette, ILauncher],
  activate: (
    app: JupyterFrontEnd,
    runs: IRunManager,
    datasets: IDatasetManager,
    clusters: IClusterManager,
    settings: ICasaSettings,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null
  ) => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('casa-lab');
    const category = trans.__('Casa');

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
            }
          }
        }
      },
      execute: async args => {
        // The dialog proposes the user's chunk size.
        await settings.ready;
        const { launchRun } = await import('./dialog');
        const run = await launchRun({
          clusters,
          datasets,
          runs,
          settings,
          trans,
          preselected: Array.isArray(args.datasets)
            ? args.datasets.map(String)
            : []
        });
        if (
          run &&
          settings.openRunAfterLaunch &&
          commands.hasCommand(CommandIDs.openRun)
        ) {
          await commands.execute(CommandIDs.openRun, { run: run.id });
        }
      }
    });
    palette?.addItem({
      command: CommandIDs.newRun,
      args: { isPalette: true },
      category
    });
    launcher?.add({ command: CommandIDs.newRun, category, rank: 1 });
  }
};
