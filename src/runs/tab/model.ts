import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import {
  HistogramModel,
  type IHistogramStream,
  type IRunChoice,
  PinnedRun
} from '../../histograms';
import type {
  FailureList,
  HistogramCatalog,
  NewLabels,
  Run,
  RunDetails,
  RunLog,
  RunMetrics,
  RunSeries,
  Transcript
} from '../../services/models';
import { comparableOf } from '../compare/limits';
import { cellsOf, type NotebookMaker } from '../notebooks';
import { isActive } from '../states';
import type { IRunManager } from '../tokens';
import { FilesModel } from './files/model';
import { Resource } from './resource';
import type { TakeAwayModel } from './takeaway/model';

/** A part of the tab whose contents are fetched while somebody sees it. */
export type RunTabPart = 'files' | 'log' | 'metrics' | 'series';

/** What the tab of a run shows, without how. */
export class RunTabModel implements IDisposable {
  constructor(options: RunTabModel.IOptions) {
    const { run: id, runs, stream } = options;
    this.id = id;
    this.stream = stream;
    this.pin = options.pin ?? new PinnedRun();
    this.compared = options.compared ?? [];
    this.openCode = options.openCode ?? null;
    this.takeAway = options.takeAway ?? null;
    this._notebooks = options.notebooks ?? null;
    this._runs = runs;
    this._run = runs.get(id);
    this.catalog = new Resource<HistogramCatalog>({
      fetch: () => runs.histograms(id),
      interval: 3_000,
      // Their contents come by themselves.
      identity: ({ histograms }) => JSON.stringify(histograms),
      longest: 30_000,
      isSeen: () => this._isSeen()
    });
    const resource = <T>(
      interval: number,
      fetch: () => Promise<T>,
      part?: RunTabPart
    ) => new Resource<T>({ fetch, interval, isSeen: () => this._isSeen(part) });
    this.failures = resource(2_000, () => runs.failures(id));
    this.log = resource(2_000, () => runs.log(id), 'log');
    this.metrics = resource(2_000, () => runs.metrics(id), 'metrics');
    this.series = resource(1_000, () => runs.series(id), 'series');
    this.files = new FilesModel({
      run: id,
      runs,
      isSeen: () => this._isSeen('files')
    });
    this.catalog.changed.connect(this._onCatalog, this);
    runs.changed.connect(this._onRuns, this);
    void this._lookFor();
  }

  /** Id of the run. */
  readonly id: string;

  /** Brings the contents of the histograms. */
  readonly stream: IHistogramStream;

  /** The run that others are compared with. */
  readonly pin: PinnedRun;

  /** Ids of the runs that are compared with this one; none in its own tab. */
  readonly compared: readonly string[];

  /** Opens a file of the run's code; null where nothing shows code. */
  readonly openCode: ((path: string) => void) | null;

  /** Takes histograms away; null where there is no way to. */
  readonly takeAway: TakeAwayModel | null;

  /** The histograms in the run's newest snapshot. */
  readonly catalog: Resource<HistogramCatalog>;

  readonly failures: Resource<FailureList>;
  readonly log: Resource<RunLog>;

  /** How well the run used its cluster. */
  readonly metrics: Resource<RunMetrics>;

  /** How it went over time. */
  readonly series: Resource<RunSeries>;

  /** How each of its files is. */
  readonly files: FilesModel;

  /** The run; undefined before it is known and after it was deleted. */
  get run(): Run | undefined {
    return this._run;
  }

  /** Whether the run was deleted, or never was. */
  get isGone(): boolean {
    return this._runs.isReady && this._run === undefined && !this._isLookedFor;
  }

  /** Why nothing is known of the run, or null. */
  get problem(): string | null {
    return this._runs.problem;
  }

  /** The histograms, in the order of the accumulator. */
  get histograms(): readonly HistogramModel[] {
    return this._histograms;
  }

  /** The histogram that is shown in full; null while there is none. */
  get selected(): HistogramModel | null {
    return this._selected;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Emitted when the run, its histograms or the selection changed, and somebody sees it. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when the run changed, whether or not somebody sees the tab. */
  get runChanged(): ISignal<this, void> {
    return this._runChanged;
  }

  /** Whether somebody sees the tab; nothing is fetched for one that is hidden. */
  get isVisible(): boolean {
    return this._isVisible;
  }
  set isVisible(value: boolean) {
    const isShown = value && !this._isVisible;
    this._isVisible = value;
    this._fetchNews();
    if (isShown) {
      this._changed.emit();
    }
  }

  /** Notes that somebody sees a part of the tab; returns what to call when that ends. */
  show(part: RunTabPart): () => void {
    this._shown.add(part);
    this._fetchNews();
    return () => {
      this._shown.delete(part);
    };
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this.catalog.dispose();
    this.failures.dispose();
    this.log.dispose();
    this.metrics.dispose();
    this.series.dispose();
    this.files.dispose();
    this._histograms.forEach(histogram => histogram.dispose());
    Signal.clearData(this);
  }

  /** The runs that have histograms, newest first, to compare with. */
  get comparable(): readonly IRunChoice[] {
    return comparableOf(this._runs.runs);
  }

  /** Shows a histogram in full. */
  select(histogram: HistogramModel): void {
    if (this._selected !== histogram) {
      this._selected = histogram;
      this._changed.emit();
    }
  }

  /** Tells what the run was made of and with. */
  details(): Promise<RunDetails> {
    return this._runs.details(this.id);
  }

  /** Returns the run as code and as a command that launch it again. */
  transcript(): Promise<Transcript> {
    return this._runs.transcript(this.id);
  }

  /** Changes what the run is called, and what is said of it. */
  label(labels: NewLabels): Promise<Run> {
    return this._runs.label(this.id, labels);
  }

  /** The address from which the run is saved as one file. */
  get exportUrl(): string {
    return this._runs.exportUrl(this.id);
  }

  /** Stops the run, keeping its partial result. */
  stop(): Promise<unknown> {
    return this._runs.stop(this.id);
  }

  pause(): Promise<unknown> {
    return this._runs.pause(this.id);
  }

  /** Goes on with the run, or processes what is missing. */
  resume(): Promise<unknown> {
    return this._runs.resume(this.id);
  }

  /**
   * Tries failures again, and nothing else.
   *
   * @param groups - ids of groups; null for all
   * @param accepted - whether those are meant that were accepted as missing
   */
  retry(groups: string[] | null, accepted = false): Promise<unknown> {
    return this._runs.retry(this.id, { groups, accepted });
  }

  /**
   * Accepts failures as missing.
   *
   * @param groups - ids of groups; null for all
   * @param chunks - how many chunks the user was told of
   */
  accept(groups: string[] | null, chunks: number): Promise<unknown> {
    return this._runs.accept(this.id, { groups, chunks });
  }

  /** Whether code can be opened in a notebook that can run it. */
  get opensNotebooks(): boolean {
    // What a notebook gave to its run is known in that notebook only.
    return this._run?.code_kept !== false && !!this._notebooks?.isAvailable;
  }

  /** Opens a new notebook with code; nothing in it is executed. */
  async openNotebook(code: string): Promise<void> {
    await this._notebooks?.open(cellsOf(code));
  }

  /** Asks for a run that is older than those that everybody knows. */
  private async _lookFor(): Promise<void> {
    await this._runs.ready;
    if (this._run === undefined && !this._isDisposed) {
      await this._runs.load(this.id).catch(() => undefined);
    }
    this._isLookedFor = false;
    if (!this._isDisposed) {
      this._onRuns();
    }
  }

  private _onRuns(): void {
    const run = this._runs.get(this.id);
    if (run !== this._run || run === undefined) {
      this._run = run;
      this._fetchNews();
      this._runChanged.emit();
      // Ten hidden tabs are not drawn anew twice a second.
      if (this._isVisible) {
        this._changed.emit();
      }
    }
  }

  /** Fetches what the run says is newer than what was fetched last. */
  private _fetchNews(): void {
    const run = this._run;
    if (!run || !this._isVisible || this._isDisposed) {
      return;
    }
    const { histograms_sequence: snapshot, progress, state } = run;
    const { chunks_failed: failed, left_out } = progress;
    const ended = !isActive(run);
    const follow = (
      what: string,
      isWanted: boolean,
      news: string,
      resource: Pick<Resource<unknown>, 'isOverdue' | 'refresh'>
    ): void => {
      const isNews = this._fetched.get(what) !== news || resource.isOverdue;
      if (isWanted && isNews) {
        this._fetched.set(what, news);
        resource.refresh(ended);
      }
    };
    follow('catalog', snapshot > 0, `${snapshot} ${ended}`, this.catalog);
    // Whole files fail before their chunks are counted: look again at the end.
    const failures = `${failed} ${left_out.chunks} ${state}`;
    follow('failures', failed > 0 || ended, failures, this.failures);
    const report = `${run.reports_sequence}`;
    const isReported = (part: RunTabPart): boolean =>
      run.reports_sequence > 0 && this._isSeen(part);
    follow('metrics', isReported('metrics'), report, this.metrics);
    follow('series', isReported('series'), report, this.series);
    // What is accepted as missing changes files of a run that has ended, too.
    const files = `${report} ${failed} ${left_out.chunks}`;
    follow('files', isReported('files'), files, this.files.tiles);
    const log = `${run.updated} ${state}`;
    follow('log', this._isSeen('log'), log, this.log);
  }

  /** Whether somebody sees the tab, and a part of it. */
  private _isSeen(part?: RunTabPart): boolean {
    return this._isVisible && (part === undefined || this._shown.has(part));
  }

  private _onCatalog({ value }: Resource<HistogramCatalog>): void {
    if (value) {
      this._takeHistograms(value);
    }
    this._changed.emit();
  }

  private _takeHistograms({ histograms }: HistogramCatalog): void {
    const old = new Map(this._histograms.map(model => [model.path, model]));
    this._histograms = histograms.map(histogram => {
      const model = old.get(histogram.path);
      old.delete(histogram.path);
      model?.update(histogram);
      return model ?? this._makeHistogram(histogram);
    });
    old.forEach(model => model.dispose());
    if (!this._selected || this._selected.isDisposed) {
      this._selected =
        this._histograms.find(({ view }) => view !== null) ??
        this._histograms[0] ??
        null;
    }
  }

  private _makeHistogram(
    histogram: HistogramCatalog['histograms'][number]
  ): HistogramModel {
    const isCompared = this.compared.length > 0;
    return new HistogramModel({
      run: this.id,
      // Colours are for the runs then, and not for datasets.
      datasets: isCompared ? [] : (this._run?.datasets ?? []),
      histogram,
      stream: this.stream,
      ...(isCompared ? { compared: this.compared } : { pin: this.pin })
    });
  }

  private _changed = new Signal<this, void>(this);
  private _fetched = new Map<string, string>();
  private _histograms: readonly HistogramModel[] = [];
  private _isDisposed = false;
  private _isLookedFor = true;
  private _isVisible = false;
  private _notebooks: NotebookMaker | null;
  private _run: Run | undefined;
  private _runChanged = new Signal<this, void>(this);
  private _runs: IRunManager;
  private _selected: HistogramModel | null = null;
  private _shown = new Set<RunTabPart>();
}

export namespace RunTabModel {
  export interface IOptions {
    /** Makes notebooks, where there can be any. */
    notebooks?: NotebookMaker | null;

    /** Id of the run. */
    run: string;
    runs: IRunManager;
    stream: IHistogramStream;

    /** The run that others are compared with, of all tabs. */
    pin?: PinnedRun;

    /** Ids of the runs to compare this one with. */
    compared?: readonly string[];

    /** Opens a file of the run's code. */
    openCode?: ((path: string) => void) | null;

    /** Takes histograms away. */
    takeAway?: TakeAwayModel;
  }
}
