import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { clusterManagerPlugin } from './clusters/plugin';
import { datasetManagerPlugin } from './datasets/plugin';
import { runManagerPlugin } from './runs/plugin';

export { IClusterManager } from './clusters/tokens';
export { IDatasetManager } from './datasets/tokens';
export { IRunManager } from './runs/tokens';
export type * from './services/models';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  datasetManagerPlugin,
  clusterManagerPlugin,
  runManagerPlugin
];

export default plugins;
