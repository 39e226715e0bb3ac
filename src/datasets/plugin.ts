import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { DatasetManager } from './manager';
import { IDatasetManager } from './tokens';

/** Provides the one manager of datasets. */
export const datasetManagerPlugin: JupyterFrontEndPlugin<IDatasetManager> = {
  id: 'casa-lab:dataset-manager',
  description: 'Provides the manager of datasets.',
  autoStart: true,
  optional: [ITranslator],
  provides: IDatasetManager,
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null
  ): IDatasetManager =>
    new DatasetManager({
      events: app.serviceManager.events,
      serverSettings: app.serviceManager.serverSettings,
      translator
    })
};
