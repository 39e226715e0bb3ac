import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import type {
  FileState,
  FileTiles,
  IFileQuery,
  RunFileList
} from '../../../services/models';
import { messageOf } from '../../../services/request';
import type { IRunManager } from '../../tokens';
import { Resource } from '../resource';

/** Files on one page of a list. */
const PAGE = 50;

/** Which files are listed: those of some tiles, or those in a state. */
export interface IFileChoice {
  readonly dataset?: string;
  readonly first?: number;
  readonly last?: number;
  readonly state?: FileState;
}

/** The files of a run: all at a glance, and a list of those that the user chose. */
export class FilesModel implements IDisposable {
  constructor(options: FilesModel.IOptions) {
    const { isSeen, run, runs } = options;
    this._list = query => runs.files(run, query);
    this.tiles = new Resource<FileTiles>({
      fetch: () => runs.tiles(run),
      interval: 2_000,
      isSeen
    });
    this.tiles.changed.connect(this._onTiles, this);
  }

  /** All files at a glance; whenever they come, the list is fetched anew. */
  readonly tiles: Resource<FileTiles>;

  /** Emitted when the list or what is chosen changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this.tiles.isDisposed;
  }

  /** Which files are listed; null while none are. */
  get choice(): IFileChoice | null {
    return this._choice;
  }

  /** The page of the list that is shown; null while it is on its way. */
  get page(): RunFileList | null {
    return this._page;
  }

  /** How many files come before the page. */
  get offset(): number {
    return this._offset;
  }

  /** Why the files could not be listed, or null. */
  get problem(): string | null {
    return this._problem;
  }

  get hasNext(): boolean {
    return this._page !== null && this._offset + PAGE < this._page.total;
  }

  get hasPrevious(): boolean {
    return this._offset > 0;
  }

  dispose(): void {
    this.tiles.dispose();
    Signal.clearData(this);
  }

  /** Lists some files, or none. */
  choose(choice: IFileChoice | null): void {
    this._choice = choice;
    this._offset = 0;
    this._page = null;
    this._problem = null;
    this._changed.emit();
    void this._fetch();
  }

  /** Shows the next page of the list, or the one before. */
  turn(pages: 1 | -1): void {
    this._offset = Math.max(0, this._offset + pages * PAGE);
    void this._fetch();
  }

  private _onTiles(): void {
    void this._fetch();
  }

  private async _fetch(): Promise<void> {
    if (this._choice === null || this.isDisposed) {
      return;
    }
    const asked = ++this._asked;
    let page: RunFileList | null = null;
    let problem: string | null = null;
    try {
      page = await this._list({
        ...this._choice,
        offset: this._offset,
        limit: PAGE
      });
    } catch (error) {
      problem = messageOf(error);
    }
    // Another choice may have been made meanwhile.
    if (asked !== this._asked || this.isDisposed) {
      return;
    }
    const last = page ? Math.max(0, Math.ceil(page.total / PAGE) - 1) : null;
    if (last !== null && this._offset > last * PAGE) {
      // There are fewer files by now, as of those that run: the last page of them.
      this._offset = last * PAGE;
      await this._fetch();
      return;
    }
    this._page = page ?? this._page;
    this._problem = problem;
    this._changed.emit();
  }

  private _asked = 0;
  private _changed = new Signal<this, void>(this);
  private _choice: IFileChoice | null = null;
  private _list: (query: IFileQuery) => Promise<RunFileList>;
  private _offset = 0;
  private _page: RunFileList | null = null;
  private _problem: string | null = null;
}

export namespace FilesModel {
  export interface IOptions {
    /** Id of the run. */
    run: string;
    runs: IRunManager;

    /** Whether somebody sees them; true unless given. */
    isSeen?: () => boolean;
  }
}
