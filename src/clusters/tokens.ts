import { Token } from '@lumino/coreutils';
import type { IManager } from '../services/manager';
import type { Cluster, NewCluster, Profile } from '../services/models';

/** The token of the manager of clusters. */
export const IClusterManager = new Token<IClusterManager>(
  'casa-lab:IClusterManager',
  'Lists the Dask clusters that Casa knows, and starts, scales and stops them.'
);

/** The Dask clusters that the server knows. */
export interface IClusterManager extends IManager {
  /** The clusters, newest first. */
  readonly clusters: readonly Cluster[];

  /** The ways to start a cluster, the default one first. */
  readonly profiles: readonly Profile[];

  get(id: string): Cluster | undefined;

  /** Starts a cluster; answers at once, the cluster is `starting` then. */
  start(cluster?: NewCluster): Promise<Cluster>;

  /** Asks for a number of workers. */
  scale(id: string, workers: number): Promise<Cluster>;

  /** Stops a cluster, or forgets one that has ended or is lost. */
  stop(id: string): Promise<void>;
}
