import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { Axis } from '../services/models';
import { isProfile, quantityOf, unitOf } from './choices';
import type { IFrame } from './frame';
import { percentText } from './fractions';
import type { HistogramModel } from './model';
import {
  FigurePainter,
  type IFigure,
  type IPlotData,
  layoutFigure,
  plotData
} from './renderer';

/**
 * Keeps an SVG element showing the newest frame of a histogram.
 *
 * However often frames come and sizes change, it paints once per animation
 * frame of the browser at most.
 */
export class Plot implements IDisposable {
  constructor(options: Plot.IOptions) {
    this._compact = options.compact;
    this._model = options.model;
    this._painter = new FigurePainter(options.svg);
    this._trans = options.trans;
    this._model.changed.connect(this._schedule, this);
    this._model.frameChanged.connect(this._schedule, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** What is painted, in numbers; null before the first frame. */
  get data(): IPlotData | null {
    return this._data;
  }

  /** What is painted, in pixels; null before the first frame. */
  get figure(): IFigure | null {
    return this._figure;
  }

  /** Emitted when something new was painted. */
  get painted(): ISignal<this, void> {
    return this._painted;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    cancelAnimationFrame(this._request);
    Signal.clearData(this);
  }

  /** Sets the size in pixels. */
  resize(width: number, height: number): void {
    if (width !== this._width || height !== this._height) {
      this._width = width;
      this._height = height;
      this._schedule();
    }
  }

  private _schedule(): void {
    if (this._request === 0) {
      this._request = requestAnimationFrame(() => {
        this._request = 0;
        this._paint();
      });
    }
  }

  private _paint(): void {
    const { drawing, frame, histogram, order } = this._model;
    if (this._isDisposed || !frame || !(this._width > 0 && this._height > 0)) {
      return;
    }
    const trans = this._trans;
    this._data = plotData(frame, {
      flow: drawing.flow,
      order: relevant(order, frame),
      points: isProfile(histogram),
      measuredName: trans.__('Data'),
      otherName: trans.__('other')
    });
    this._figure = layoutFigure(this._data, {
      width: this._width,
      height: this._height,
      log: drawing.log,
      compact: this._compact,
      xLabel: frame.header.x.label,
      yLabel: this._yLabel(frame),
      uncertaintyName: trans.__('Stat. unc.'),
      remark: category => remark(frame, category)
    });
    this._painter.paint(this._figure);
    this._painted.emit();
  }

  private _yLabel({ edges, header }: IFrame): string {
    const trans = this._trans;
    const { histogram } = this._model;
    if (isProfile(histogram)) {
      return trans.__('Mean');
    }
    const quantity = quantityOf(histogram) ?? trans.__('Entries');
    if (header.x.discrete || header.x.kind === 'integer') {
      return quantity;
    }
    const width = binWidth(header.x, edges);
    return width === null
      ? trans.__('%1 / bin', quantity)
      : `${quantity} / ${width}`;
  }

  private _compact: boolean;
  private _data: IPlotData | null = null;
  private _figure: IFigure | null = null;
  private _height = 0;
  private _isDisposed = false;
  private _model: HistogramModel;
  private _painted = new Signal<this, void>(this);
  private _painter: FigurePainter;
  private _request = 0;
  private _trans: TranslationBundle;
  private _width = 0;
}

/** A namespace for `Plot` statics. */
export namespace Plot {
  /** What is needed to make a plot. */
  export interface IOptions {
    readonly model: HistogramModel;
    readonly svg: SVGSVGElement;
    readonly trans: TranslationBundle;

    /** True for a thumbnail. */
    readonly compact: boolean;
  }
}

/**
 * Returns the categories that matter for the colours. In a stack of datasets
 * these are also the ones whose first events are still to come.
 */
function relevant(order: readonly string[], { header }: IFrame): string[] {
  const { fractions, stack } = header;
  const byDataset = stack.some(category => category in fractions);
  return order.filter(
    name => stack.includes(name) || (byDataset && name in fractions)
  );
}

/** Says how much of a dataset is in the histogram, where it is not all. */
function remark({ header }: IFrame, category: string): string | null {
  const fraction = header.fractions[category];
  return fraction !== undefined && fraction < 1 ? percentText(fraction) : null;
}

/** Writes the width of the bins with its unit; null when they differ. */
function binWidth({ kind, label }: Axis, edges: Float64Array): string | null {
  if (kind !== 'regular') {
    return null;
  }
  const width = Number((edges[1] - edges[0]).toPrecision(4));
  const unit = unitOf(label);
  return unit ? `${width} ${unit}` : String(width);
}
