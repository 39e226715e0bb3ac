import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { Histogram, View } from '../services/models';
import { MOST_RUNS, comparedView, consistent, defaultView } from './choices';
import type { IFrame } from './frame';
import type { PinnedRun } from './pin';
import type { IRange } from './renderer';
import type { IHistogramStream, IWatchReceiver } from './stream';
import { type IZoom, WHOLE, ZoomHistory } from './zoom';

/** How a histogram is drawn, apart from what is drawn of it. */
export interface IDrawing {
  /** True for a logarithmic scale of the contents. */
  readonly log: boolean;

  /** True for a logarithmic horizontal axis; null for what its bins suggest. */
  readonly logX: boolean | null;
}

/** One histogram of a run: which view of it is chosen, and its newest frame. */
export class HistogramModel implements IDisposable, IWatchReceiver {
  constructor(options: HistogramModel.IOptions) {
    this._datasets = options.datasets;
    this.isFixed = options.isFixed ?? false;
    this._histogram = options.histogram;
    this._run = options.run;
    this._compared = options.compared ?? [];
    this._pin = options.pin ?? null;
    this._stream = options.stream;
    this._order = [...options.datasets];
    this._view = this._defaultView();
    this._pin?.changed.connect(this._onPin, this);
  }

  /** Whether there are no other views than the one that comes. */
  readonly isFixed: boolean;

  /** Id of the run that the histogram is of. */
  get run(): string {
    return this._run;
  }

  /** What is known of the histogram without its contents. */
  get histogram(): Histogram {
    return this._histogram;
  }

  get path(): string {
    return this._histogram.path;
  }

  /** What is drawn of it; null where it cannot be drawn. */
  get view(): View | null {
    return this._view;
  }

  get drawing(): IDrawing {
    return this._drawing;
  }

  /** The newest contents; those of the view before until others come. */
  get frame(): IFrame | null {
    return this._frame;
  }

  /** Why there is no drawing, as a sentence, or null. */
  get problem(): string | null {
    return this._histogram.problem ?? this._problem;
  }

  /**
   * The categories of the stack in the order that they are drawn in: the
   * run's datasets as launched, then others as they turned up.
   */
  get order(): readonly string[] {
    return this._order;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Emitted when the view, the drawing or the histogram changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when a frame or a problem has come. */
  get frameChanged(): ISignal<this, void> {
    return this._frameChanged;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._watch?.dispose();
    this._watch = null;
    Signal.clearData(this);
  }

  /** Takes in what a newer snapshot says of the histogram. */
  update(histogram: Histogram): void {
    if (JSON.stringify(histogram) === JSON.stringify(this._histogram)) {
      return;
    }
    this._histogram = histogram;
    if (!this._isChosen) {
      // The nominal category may have turned up only now.
      this._setView(this._defaultView());
    }
    this._changed.emit();
  }

  /** Chooses the axis to draw along. */
  chooseX(x: string): void {
    this.choose({ x });
  }

  /** Chooses the axis to stack by, or none. */
  chooseStack(stack: string | null): void {
    this.choose({ stack });
  }

  /** Keeps one category of an axis; null sums over the axis. */
  chooseCategory(axis: string, category: string | null): void {
    if (this._view) {
      const select = without(this._view.select, axis);
      if (category !== null) {
        select[axis] = category;
      }
      this.choose({ select });
    }
  }

  /** Changes what is drawn; what contradicts the change is given up. */
  choose(change: Partial<View>): void {
    if (this._view && !this.isFixed) {
      this._isChosen = true;
      const wanted = { ...this._view, ...change };
      if (wanted.x !== this._view.x) {
        this._zoom = new ZoomHistory();
        // What was chosen for one axis may suit no other.
        wanted.integrate = null;
        wanted.rebin = 1;
        this._drawing = { ...this._drawing, logX: null };
      } else if (wanted.y !== this._view.y) {
        this._zoom = new ZoomHistory({ x: this.range, y: null });
      }
      if (wanted.y !== this._view.y) {
        wanted.rebin_y = 1;
      }
      this._setView(consistent(wanted, this._histogram, change));
      this._changed.emit();
    }
  }

  /** Values that the horizontal axis shows; null for all. */
  get range(): IRange | null {
    return this._zoom.shown.x;
  }

  /** Values that the vertical axis of a map shows; null for all. */
  get rangeY(): IRange | null {
    return this._zoom.shown.y;
  }

  /** Whether anything of the axes is not shown. */
  get isZoomed(): boolean {
    return this.range !== null || this.rangeY !== null;
  }

  /** Whether there is a zoom to undo. */
  get canUndoZoom(): boolean {
    return this._zoom.canUndo;
  }

  /**
   * Shows ranges of the axes; what is not named stays as it is.
   *
   * @param change - The ranges, null for all of an axis.
   * @param isGesture - True when the last change goes on, so that both are
   * undone at once.
   */
  zoom(change: Partial<IZoom>, isGesture = false): void {
    const shown = { ...this._zoom.shown, ...change };
    if (isGesture) {
      this._zoom.replace(shown);
    } else {
      this._zoom.set(shown);
    }
    this._changed.emit();
  }

  /** Shows all of the axes. */
  unzoom(): void {
    if (this.isZoomed) {
      this.zoom(WHOLE);
    }
  }

  /** Goes back to what was shown before the last zoom. */
  undoZoom(): void {
    this._zoom.undo();
    this._changed.emit();
  }

  /** Changes how the histogram is drawn. */
  draw(change: Partial<IDrawing>): void {
    this._drawing = { ...this._drawing, ...change };
    this._changed.emit();
  }

  /** Keeps the histogram up to date until the result is disposed. */
  show(): IDisposable {
    this._shown++;
    this._follow();
    return new DisposableDelegate(() => {
      this._shown--;
      this._follow();
    });
  }

  onFrame(frame: IFrame): void {
    this._frame = frame;
    if (this.isFixed) {
      this._view = frame.header.view;
    }
    this._problem = null;
    const news = frame.rows
      .filter(({ role }) => role !== 'total' && role !== 'band')
      .map(({ name }) => name)
      .filter(name => !this._order.includes(name));
    if (news.length > 0) {
      this._order = [...this._order, ...news];
    }
    this._frameChanged.emit();
  }

  onProblem(message: string): void {
    this._problem = message;
    this._frameChanged.emit();
  }

  /** Returns the view to start with, next to the run that is pinned by now. */
  private _defaultView(): View | null {
    if (this._histogram.problem !== null || this._histogram.axes.length === 0) {
      return null;
    }
    const view = defaultView(this._histogram, this._datasets);
    if (this._compared.length > 0) {
      return comparedView(view, this._histogram, this._compared);
    }
    this._pinned = this._otherPinned;
    return this._pinned === null
      ? view
      : consistent({ ...view, ...pinnedTo(this._pinned) }, this._histogram);
  }

  /** Id of the run that is pinned, unless it is this one; else null. */
  private get _otherPinned(): string | null {
    const id = this._pin?.value?.id ?? null;
    return id === this._run ? null : id;
  }

  /** Compares with the run that was pinned, and no more with the one before. */
  private _onPin(): void {
    if (this._otherPinned === this._pinned) {
      return;
    }
    if (this._isChosen && this._view) {
      const { panel, runs } = this._view;
      const [before, now] = [this._pinned, this._otherPinned];
      // What the user has added stays.
      const added = runs.filter(run => run !== before && run !== now);
      const change = pinnedTo(now);
      this._pinned = now;
      this.choose({
        ...change,
        runs: [...change.runs, ...added].slice(0, MOST_RUNS),
        panel: added.length > 0 ? (panel ?? change.panel) : change.panel
      });
    } else {
      this._setView(this._defaultView());
      this._changed.emit();
    }
  }

  private _setView(view: View | null): void {
    if (JSON.stringify(view) === JSON.stringify(this._view)) {
      return;
    }
    if (view?.stack !== this._view?.stack) {
      this._order = [...this._datasets];
    }
    this._view = view;
    this._problem = null;
    // Watched anew rather than changed: late frames of the old view are lost.
    const old = this._watch;
    this._watch = null;
    this._follow();
    old?.dispose();
  }

  private _follow(): void {
    const wanted = this._shown > 0 && this._view !== null && !this._isDisposed;
    if (!wanted) {
      this._watch?.dispose();
      this._watch = null;
    } else if (!this._watch && this._view) {
      this._watch = this._stream.watch(
        { run: this._run, histogram: this.path, view: this._view },
        this
      );
    }
  }

  private _changed = new Signal<this, void>(this);
  private _compared: readonly string[];
  private _datasets: readonly string[];
  private _drawing: IDrawing = { log: false, logX: null };
  private _frame: IFrame | null = null;
  private _frameChanged = new Signal<this, void>(this);
  private _histogram: Histogram;
  private _isChosen = false;
  private _isDisposed = false;
  private _order: readonly string[];
  private _pin: PinnedRun | null;
  private _pinned: string | null = null;
  private _problem: string | null = null;
  private _run: string;
  private _shown = 0;
  private _stream: IHistogramStream;
  private _view: View | null;
  private _watch: IDisposable | null = null;
  private _zoom = new ZoomHistory();
}

/** A namespace for `HistogramModel` statics. */
export namespace HistogramModel {
  /** What is needed to make a model. */
  export interface IOptions {
    /** Id of the run. */
    readonly run: string;

    /** The datasets of the run, which come first in a stack. */
    readonly datasets: readonly string[];
    readonly histogram: Histogram;
    readonly stream: IHistogramStream;

    /** The run to compare with, wherever one is pinned. */
    readonly pin?: PinnedRun;

    /** Runs that are drawn over this one from the start. */
    readonly compared?: readonly string[];

    /** True where nobody can be asked for other views than the one that comes. */
    readonly isFixed?: boolean;
  }
}

/** Returns what a view has that is compared with a run, or with none any more. */
function pinnedTo(
  run: string | null
): Pick<View, 'runs' | 'panel' | 'reference'> {
  return run === null
    ? { runs: [], panel: null, reference: null }
    : { runs: [run], panel: 'ratio', reference: run };
}

/** Returns a selection without those of some axes. */
function without(
  select: View['select'],
  ...axes: readonly string[]
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(select).filter(([axis]) => !axes.includes(axis))
  );
}
