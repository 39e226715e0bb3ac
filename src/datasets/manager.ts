import { JSONExt, type ReadonlyPartialJSONValue } from '@lumino/coreutils';
import { Manager } from '../services/manager';
import type { Dataset, DatasetList, Source } from '../services/models';
import { datasetList, nothing, source } from '../services/validate';
import type { IDatasetManager } from './tokens';

/** Talks to the server about datasets. */
export class DatasetManager extends Manager implements IDatasetManager {
  constructor(options: Manager.IOptions) {
    super({ ...options, noun: 'datasets' });
  }

  get datasets(): readonly Dataset[] {
    return this._list.datasets;
  }

  get sources(): readonly Source[] {
    return this._list.sources;
  }

  async addSource(path: string): Promise<Source> {
    const added = await this.request('casa/sources', source, {
      body: { path }
    });
    await this.refresh();
    return added;
  }

  async removeSource(id: string): Promise<void> {
    await this.request(`casa/sources/${encodeURIComponent(id)}`, nothing, {
      method: 'DELETE'
    });
    await this.refresh();
  }

  protected async fetchSnapshot(): Promise<boolean> {
    const list = await this.request('casa/datasets', datasetList);
    const changed = !JSONExt.deepEqual(
      list as ReadonlyPartialJSONValue,
      this._list as ReadonlyPartialJSONValue
    );
    if (changed) {
      this._list = list;
    }
    return changed;
  }

  /** The event only says that something changed: lists of files are long. */
  protected onEvent(): boolean {
    void this.refresh();
    return false;
  }

  private _list: DatasetList = { datasets: [], sources: [] };
}
