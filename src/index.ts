import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { clusterCommandsPlugin } from './clusters/commands';
import { clusterManagerPlugin } from './clusters/plugin';
import { datasetCommandsPlugin } from './datasets/commands';
import { datasetManagerPlugin } from './datasets/plugin';
import { notebookOutputsPlugin } from './notebook/plugin';
import { runCommandsPlugin } from './runs/commands';
import { runCodePlugin } from './runs/history/codetab';
import { runCopiesPlugin } from './runs/history/copies';
import { runHistoryPlugin } from './runs/history/plugin';
import { launchPlugin } from './runs/launch/plugin';
import { notificationsPlugin } from './runs/notifications';
import { runManagerPlugin } from './runs/plugin';
import { statusPlugin } from './runs/status';
import { runTabPlugin, runViewsPlugin } from './runs/tab/plugin';
import { settingsPlugin } from './settings';
import { sidebarPlugin } from './sidebar/plugin';

export { IClusterManager } from './clusters/tokens';
export { IDatasetManager } from './datasets/tokens';
export { IRunManager } from './runs/tokens';
export type * from './services/models';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  settingsPlugin,
  datasetManagerPlugin,
  datasetCommandsPlugin,
  clusterManagerPlugin,
  clusterCommandsPlugin,
  runManagerPlugin,
  runCommandsPlugin,
  launchPlugin,
  runViewsPlugin,
  runTabPlugin,
  runHistoryPlugin,
  runCodePlugin,
  runCopiesPlugin,
  notebookOutputsPlugin,
  notificationsPlugin,
  statusPlugin,
  sidebarPlugin
];

export default plugins;
