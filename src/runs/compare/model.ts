import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import type { IHistogramStream } from '../../histograms';
import type { Run, RunChanges } from '../../services/models';
import { RunTabModel } from '../tab/model';
import { Resource } from '../tab/resource';
import type { TakeAwayModel } from '../tab/takeaway/model';
import type { IRunManager } from '../tokens';

/** What a comparison of runs shows: their histograms, and what else differs. */
export class CompareModel implements IDisposable {
  constructor(options: CompareModel.IOptions) {
    this._options = options;
    this._runs = options.manager;
    this.ids = [...options.runs];
    this._tab = this._makeTab(this.ids[0]);
    this._changes = this._makeChanges();
    this._runs.changed.connect(this._onRuns, this);
    void this._loadOlder();
  }

  /** Ids of all the runs, the first reference at the beginning. */
  readonly ids: readonly string[];

  /** Id of the run that the others are compared with. */
  get reference(): string {
    return this._tab.id;
  }
  set reference(id: string) {
    if (id !== this.reference && this.ids.includes(id)) {
      const { isVisible } = this;
      this._end();
      this._tab = this._makeTab(id);
      this._changes = this._makeChanges();
      this._fetched.clear();
      this.isVisible = isVisible;
      this._changed.emit();
    }
  }

  /** Ids of the other runs. */
  get others(): readonly string[] {
    return this._tab.compared;
  }

  /** The histograms of the reference, with the other runs drawn over them. */
  get tab(): RunTabModel {
    return this._tab;
  }

  /** What changed from the reference to each of the others, by id. */
  get changes(): ReadonlyMap<string, Resource<RunChanges>> {
    return this._changes;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Emitted when the reference changed, or what is known of a run. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether somebody sees it; nothing is fetched for what is hidden. */
  get isVisible(): boolean {
    return this._tab.isVisible;
  }
  set isVisible(value: boolean) {
    this._tab.isVisible = value;
    this._fetchNews();
  }

  /** Returns one of the runs; undefined before it is known and after it was deleted. */
  run(id: string): Run | undefined {
    return this._runs.get(id);
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._end();
    Signal.clearData(this);
  }

  private _makeTab(reference: string): RunTabModel {
    const { manager, stream, takeAway } = this._options;
    return new RunTabModel({
      run: reference,
      runs: manager,
      stream,
      compared: this.ids.filter(id => id !== reference),
      takeAway: takeAway?.(reference)
    });
  }

  private _makeChanges(): ReadonlyMap<string, Resource<RunChanges>> {
    const { others, reference } = this;
    return new Map(
      others.map(id => [
        id,
        new Resource<RunChanges>({
          fetch: () => this._runs.changes(id, reference),
          interval: 2_000,
          isSeen: () => this.isVisible
        })
      ])
    );
  }

  private _end(): void {
    this._tab.dispose();
    this._changes.forEach(changes => changes.dispose());
  }

  /** Asks for the runs that are older than those that everybody knows. */
  private async _loadOlder(): Promise<void> {
    await this._runs.ready;
    const unknown = this.ids.filter(id => this._runs.get(id) === undefined);
    await Promise.allSettled(unknown.map(id => this._runs.load(id)));
  }

  private _onRuns(): void {
    this._fetchNews();
    this._changed.emit();
  }

  /** Compares again what has gone on since it was compared last. */
  private _fetchNews(): void {
    if (!this.isVisible || this._isDisposed) {
      return;
    }
    for (const [id, changes] of this._changes) {
      const state = [this.reference, id]
        .map(each => this._runs.get(each))
        .map(run => `${run?.name} ${run?.state} ${run?.reports_sequence}`)
        .join('\n');
      if (this._fetched.get(id) !== state || changes.isOverdue) {
        this._fetched.set(id, state);
        changes.refresh();
      }
    }
  }

  private _changed = new Signal<this, void>(this);
  private _changes: ReadonlyMap<string, Resource<RunChanges>>;
  private _fetched = new Map<string, string>();
  private _isDisposed = false;
  private _options: CompareModel.IOptions;
  private _runs: IRunManager;
  private _tab: RunTabModel;
}

export namespace CompareModel {
  export interface IOptions {
    /** Ids of two or more runs; the others are compared with the first. */
    runs: readonly string[];
    manager: IRunManager;
    stream: IHistogramStream;

    /** Returns what takes histograms of a run away. */
    takeAway?: (run: string) => TakeAwayModel;
  }
}
