import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { DatasetManager } from './manager';
import { IDatasetManager } from './tokens';

/** Provides the one manager of datasets. */
export const datasetManagerPlugin: JupyterFrontEndPlugin<IDatasetManager> = {
  id: 'casa-lab:dataset-manager',
  description: 'Provides the manager of datasets.',
  autoStart: true,
  provides: IDatasetManager,
  activate: ({ serviceManager }: JupyterFrontEnd): IDatasetManager =>
    new DatasetManager({
      events: serviceManager.events,
      serverSettings: serviceManager.serverSettings
    })
};
