import { Token } from '@lumino/coreutils';
import type { IManager } from '../services/manager';
import type { Dataset, Source } from '../services/models';

/** The token of the manager of datasets. */
export const IDatasetManager = new Token<IDatasetManager>(
  'casa-lab:IDatasetManager',
  'Lists the datasets that Casa knows, and adds and removes their sources.'
);

/** The datasets that the server knows, and where they come from. */
export interface IDatasetManager extends IManager {
  /** The datasets of all sources. */
  readonly datasets: readonly Dataset[];

  /** What lists the datasets; a source may have a problem. */
  readonly sources: readonly Source[];

  /** Adds the datasets of a fileset file, a ROOT file or a folder of them. */
  addSource(path: string): Promise<Source>;

  /** Forgets a source; its files stay. */
  removeSource(id: string): Promise<void>;
}
