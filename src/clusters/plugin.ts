import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ClusterManager } from './manager';
import { IClusterManager } from './tokens';

/** Provides the one manager of clusters. */
export const clusterManagerPlugin: JupyterFrontEndPlugin<IClusterManager> = {
  id: 'casa-lab:cluster-manager',
  description: 'Provides the manager of clusters.',
  autoStart: true,
  provides: IClusterManager,
  activate: ({ serviceManager }: JupyterFrontEnd): IClusterManager =>
    new ClusterManager({
      events: serviceManager.events,
      serverSettings: serviceManager.serverSettings
    })
};
