import type { Event } from '@jupyterlab/services';
import { Manager } from '../services/manager';
import type { Cluster, NewCluster, Profile } from '../services/models';
import { Records } from '../services/records';
import { cluster, clusterList, profileList } from '../services/validate';
import { hasEnded } from './states';
import type { IClusterManager } from './tokens';

/** Talks to the server about clusters. */
export class ClusterManager extends Manager implements IClusterManager {
  constructor(options: Manager.IOptions) {
    super({ ...options, noun: 'cluster' });
  }

  get clusters(): readonly Cluster[] {
    return this._records.all;
  }

  get profiles(): readonly Profile[] {
    return this._profiles;
  }

  get(id: string): Cluster | undefined {
    return this._records.get(id);
  }

  async start(newCluster: NewCluster = {}): Promise<Cluster> {
    return this._put(
      await this.request('casa/clusters', cluster, { body: newCluster })
    );
  }

  async scale(id: string, workers: number): Promise<Cluster> {
    return this._put(
      await this.request(Private.path(id), cluster, {
        method: 'PATCH',
        body: { workers }
      })
    );
  }

  async stop(id: string): Promise<void> {
    const known = this.get(id);
    const reply = await this.request(Private.path(id), cluster, {
      method: 'DELETE'
    });
    if (known && hasEnded(known)) {
      if (this._records.remove(id)) {
        this.emitChanged();
      }
    } else {
      this._put(reply);
    }
  }

  protected override get isBusy(): boolean {
    return this.clusters.some(
      ({ state }) => state === 'starting' || state === 'stopping'
    );
  }

  protected async fetchSnapshot(): Promise<boolean> {
    const mark = this._records.mark();
    const [{ clusters }, profiles] = await Promise.all([
      this.request('casa/clusters', clusterList),
      this._fetchProfiles()
    ]);
    return this._records.replace(clusters, mark) || profiles;
  }

  protected onEvent(data: Event.Emission): boolean {
    if (typeof data.deleted === 'string') {
      return this._records.remove(data.deleted);
    }
    return this._records.put(cluster(data.cluster, 'event.cluster'));
  }

  /** Profiles come from the server's configuration: once is enough. */
  private async _fetchProfiles(): Promise<boolean> {
    if (this._profiles.length > 0) {
      return false;
    }
    const { profiles } = await this.request('casa/profiles', profileList);
    this._profiles = profiles;
    return profiles.length > 0;
  }

  private _put(record: Cluster): Cluster {
    if (this._records.put(record)) {
      this.emitChanged();
    }
    return record;
  }

  private _profiles: readonly Profile[] = [];
  private _records = new Records<Cluster>();
}

namespace Private {
  export function path(id: string): string {
    return `casa/clusters/${encodeURIComponent(id)}`;
  }
}
