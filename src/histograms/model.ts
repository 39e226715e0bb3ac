import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { Histogram, View } from '../services/models';
import { defaultView } from './choices';
import type { IFrame } from './frame';
import type { IHistogramStream, IWatchReceiver } from './stream';

/** How a histogram is drawn, apart from what is drawn of it. */
export interface IDrawing {
  /** True for a logarithmic vertical axis. */
  readonly log: boolean;

  /** True to show underflow and overflow. */
  readonly flow: boolean;
}

/** One histogram of a run: which view of it is chosen, and its newest frame. */
export class HistogramModel implements IDisposable, IWatchReceiver {
  constructor(options: HistogramModel.IOptions) {
    this._datasets = options.datasets;
    this._histogram = options.histogram;
    this._run = options.run;
    this._stream = options.stream;
    this._order = [...options.datasets];
    this._view = this._defaultView();
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
    if (this._view) {
      const { select, stack } = this._view;
      this._choose({ x, stack: stack === x ? null : stack, select });
    }
  }

  /** Chooses the axis to stack by, or none. */
  chooseStack(stack: string | null): void {
    if (this._view) {
      this._choose({ ...this._view, stack });
    }
  }

  /** Keeps one category of an axis; null sums over the axis. */
  chooseCategory(axis: string, category: string | null): void {
    if (this._view) {
      const select = without(this._view.select, axis);
      if (category !== null) {
        select[axis] = category;
      }
      this._choose({ ...this._view, select });
    }
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
    this._problem = null;
    const news = frame.header.stack.filter(name => !this._order.includes(name));
    if (news.length > 0) {
      this._order = [...this._order, ...news];
    }
    this._frameChanged.emit();
  }

  onProblem(message: string): void {
    this._problem = message;
    this._frameChanged.emit();
  }

  private _defaultView(): View | null {
    return this._histogram.problem !== null || this._histogram.axes.length === 0
      ? null
      : defaultView(this._histogram, this._datasets);
  }

  private _choose(view: View): void {
    this._isChosen = true;
    // What is drawn along or stacked by cannot be selected as well.
    const select = without(view.select, view.x, view.stack);
    this._setView({ ...view, select });
    this._changed.emit();
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
  private _datasets: readonly string[];
  private _drawing: IDrawing = { log: false, flow: false };
  private _frame: IFrame | null = null;
  private _frameChanged = new Signal<this, void>(this);
  private _histogram: Histogram;
  private _isChosen = false;
  private _isDisposed = false;
  private _order: readonly string[];
  private _problem: string | null = null;
  private _run: string;
  private _shown = 0;
  private _stream: IHistogramStream;
  private _view: View | null;
  private _watch: IDisposable | null = null;
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
  }
}

/** Returns a selection without those of some axes. */
function without(
  select: View['select'],
  ...axes: readonly (string | null | undefined)[]
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(select ?? {}).filter(([axis]) => !axes.includes(axis))
  );
}
