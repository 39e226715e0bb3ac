import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { RunManager } from './manager';
import { IRunManager } from './tokens';

/** Provides the one manager of runs. */
export const runManagerPlugin: JupyterFrontEndPlugin<IRunManager> = {
  id: 'casa-lab:run-manager',
  description: 'Provides the manager of runs.',
  autoStart: true,
  optional: [ITranslator],
  provides: IRunManager,
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null
  ): IRunManager =>
    new RunManager({
      events: app.serviceManager.events,
      serverSettings: app.serviceManager.serverSettings,
      translator
    })
};
