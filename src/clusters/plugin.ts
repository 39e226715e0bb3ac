import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { ClusterManager } from './manager';
import { IClusterManager } from './tokens';

/** Provides the one manager of clusters. */
export const clusterManagerPlugin: JupyterFrontEndPlugin<IClusterManager> = {
  id: 'casa-lab:cluster-manager',
  description: 'Provides the manager of clusters.',
  autoStart: true,
  optional: [ITranslator],
  provides: IClusterManager,
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null
  ): IClusterManager =>
    new ClusterManager({
      events: app.serviceManager.events,
      serverSettings: app.serviceManager.serverSettings,
      translator
    })
};
