import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { RunManager } from './manager';
import { IRunManager } from './tokens';

/** Provides the one manager of runs. */
export const runManagerPlugin: JupyterFrontEndPlugin<IRunManager> = {
  id: 'casa-lab:run-manager',
  description: 'Provides the manager of runs.',
  autoStart: true,
  provides: IRunManager,
  activate: ({ serviceManager }: JupyterFrontEnd): IRunManager =>
    new RunManager({
      events: serviceManager.events,
      serverSettings: serviceManager.serverSettings
    })
};
