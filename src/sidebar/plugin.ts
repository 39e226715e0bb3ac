import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IClusterManager } from '../clusters/tokens';
import { CommandIDs } from '../commands';
import { IDatasetManager } from '../datasets/tokens';
import { IRunManager } from '../runs/tokens';
import { ICasaSettings } from '../settings';
import { CasaPanel } from './panel';

/** Adds the sidebar of datasets, clusters and runs. */
export const sidebarPlugin: JupyterFrontEndPlugin<void> = {
  id: 'casa-lab:sidebar',
  description: 'Adds the sidebar of datasets, clusters and runs.',
  autoStart: true,
  requires: [IDatasetManager, IClusterManager, IRunManager, ICasaSettings],
  optional: [ITranslator, ILayoutRestorer, ILabShell, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    datasets: IDatasetManager,
    clusters: IClusterManager,
    runs: IRunManager,
    settings: ICasaSettings,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    labShell: ILabShell | null,
    palette: ICommandPalette | null
  ) => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('casa-lab');
    const panel = new CasaPanel({
      clusters,
      commands,
      datasets,
      runs,
      trans,
      translator: translator ?? undefined
    });
    shell.add(panel, 'left', { rank: 150, type: 'Casa' });
    restorer?.add(panel, panel.id);

    commands.addCommand(CommandIDs.showSidebar, {
      label: trans.__('Show Casa'),
      caption: trans.__('Show the sidebar of datasets, clusters and runs'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        shell.activateById(panel.id);
      }
    });
    palette?.addItem({
      command: CommandIDs.showSidebar,
      category: trans.__('Casa')
    });

    if (labShell) {
      // The restored layout would otherwise have the last word.
      void Promise.all([settings.ready, labShell.restored]).then(() => {
        if (settings.openAtStart) {
          shell.activateById(panel.id);
        }
      });
    }
  }
};
