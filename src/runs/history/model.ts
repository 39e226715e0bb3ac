import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Run, RunList } from '../../services/models';
import { isOlder } from '../../services/records';
import { messageOf } from '../../services/request';
import type { IRunManager } from '../tokens';
import { type IRunFilter, matches, NO_FILTER } from './filter';

/** How long the user has to pause while typing, in milliseconds. */
const TYPING = 200;

/**
 * The runs that the user wants to see, newest first, as far as they were fetched.
 *
 * The server finds them, page by page; what is known of each is the manager's,
 * and so are the runs that come up meanwhile.
 */
export class RunListModel implements IDisposable {
  constructor(options: RunListModel.IOptions) {
    this._runs = options.runs;
    this._typing = new Debouncer(() => this._ask(), options.typing ?? TYPING);
    this._runs.changed.connect(this._onRuns, this);
    void this._ask();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Emitted when the rows, the filter or the rest changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get filter(): IRunFilter {
    return this._filter;
  }

  /** The runs to show. */
  get rows(): readonly Run[] {
    const { runs } = this._runs;
    if (this._rows === null || runs !== this._rowsOf) {
      const end = this._end;
      this._rowsOf = runs;
      this._rows = runs.filter(
        run => matches(run, this._filter) && !(end && isOlder(run, end))
      );
    }
    return this._rows;
  }

  /** How many runs there are to show, on this page or later. */
  get total(): number {
    return this._next === null
      ? this.rows.length
      : Math.max(this._page?.total ?? 0, this.rows.length);
  }

  /** Whether there are older runs that were not fetched yet. */
  get hasMore(): boolean {
    return this._next !== null;
  }

  /** Whether runs are being fetched. */
  get isBusy(): boolean {
    return this._isBusy;
  }

  /** Why they could not be fetched the last time, or null. */
  get problem(): string | null {
    return this._problem;
  }

  /** The tags in use, the most used first. */
  get tags(): readonly string[] {
    const known = this._page?.tags.map(({ tag }) => tag) ?? [];
    return [
      ...new Set([...known, ...this._runs.runs.flatMap(({ tags }) => tags)])
    ];
  }

  /** Whether any run is archived. */
  get hasArchived(): boolean {
    return (
      (this._page?.archived ?? 0) > 0 ||
      this._runs.runs.some(({ archived }) => archived)
    );
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._typing.dispose();
      Signal.clearData(this);
    }
  }

  /** Shows other runs. */
  setFilter(change: Partial<IRunFilter>): void {
    this._filter = { ...this._filter, ...change };
    this._end = null;
    this._next = null;
    this._forget();
    if (change.search === undefined) {
      void this._ask();
    } else {
      void this._typing.invoke();
    }
  }

  /** Fetches older runs. */
  async loadMore(): Promise<void> {
    if (this._next !== null && !this._isBusy) {
      await this._ask(this._next);
    }
  }

  /** Fetches a page; the newest one unless told otherwise. */
  private async _ask(before?: string): Promise<void> {
    const filter = this._filter;
    const { archived, search, state, tag } = filter;
    this._isBusy = true;
    this._changed.emit();
    let page: RunList | null = null;
    let problem: string | null = null;
    try {
      page = await this._runs.find({
        search: search.trim() || undefined,
        state: state ?? undefined,
        tag: tag ?? undefined,
        archived: archived ? 'yes' : 'no',
        before
      });
    } catch (error) {
      problem = messageOf(error);
    }
    if (this._isDisposed || filter !== this._filter) {
      return; // the user wants something else by now
    }
    this._isBusy = false;
    this._problem = problem;
    if (page) {
      this._page = page;
      this._next = page.next;
      this._end =
        page.next === null ? null : (page.runs[page.runs.length - 1] ?? null);
    }
    this._forget();
  }

  private _forget(): void {
    this._rows = null;
    this._changed.emit();
  }

  private _onRuns(): void {
    if (this._problem !== null && this._runs.problem === null) {
      this._problem = null;
      void this._ask();
    }
    this._forget();
  }

  private _changed = new Signal<this, void>(this);
  private _end: Run | null = null;
  private _filter = NO_FILTER;
  private _isBusy = false;
  private _isDisposed = false;
  private _next: string | null = null;
  private _page: RunList | null = null;
  private _problem: string | null = null;
  private _rows: readonly Run[] | null = null;
  private _rowsOf: readonly Run[] = [];
  private _runs: IRunManager;
  private _typing: Debouncer;
}

export namespace RunListModel {
  export interface IOptions {
    runs: IRunManager;

    /** How long the user has to pause while typing, in milliseconds. */
    typing?: number;
  }
}
