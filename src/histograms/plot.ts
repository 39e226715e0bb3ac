import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { IFrame } from './frame';
import { partialRange, percentText } from './fractions';
import { isMean, panelLabel, quantityLabel } from './labels';
import type { HistogramModel } from './model';
import { PaintQueue } from './paintqueue';
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
 * frame of the browser at most; thumbnails take turns, so that hundreds do not
 * hold up the page.
 */
export class Plot implements IDisposable {
  constructor(options: Plot.IOptions) {
    this._compact = options.compact;
    this._model = options.model;
    this._svg = options.svg;
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
    Private.queue.delete(this);
    if (this._compact) {
      // Of hundreds of thumbnails, those out of sight are to cost nothing.
      this._painter?.clear();
    }
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

  /** Paints now what there is to paint, without waiting for the browser. */
  paint(): void {
    Private.queue.delete(this);
    const { drawing, frame, histogram, order, range, rangeY } = this._model;
    if (this._isDisposed || !frame || !(this._width > 0 && this._height > 0)) {
      return;
    }
    const { header } = frame;
    this._data = plotData(frame, relevant(order, frame));
    this._figure = layoutFigure(this._data, {
      width: this._width,
      height: this._height,
      log: drawing.log,
      logX: drawing.logX ?? header.x.transform === 'log',
      range,
      rangeY,
      isMean: isMean(histogram, header.view),
      compact: this._compact,
      xLabel: header.x.label,
      yLabel: quantityLabel(frame, histogram, this._trans),
      panelLabel: panelLabel(frame, this._trans),
      uncertaintyName: header.view.variations
        ? this._trans.__('Stat. ⊕ syst. unc.')
        : this._trans.__('Stat. unc.'),
      remark: category => remark(frame, category)
    });
    this._painter ??= new FigurePainter(this._svg);
    this._painter.paint(this._figure);
    this._painted.emit();
  }

  private _schedule(): void {
    // What is looked at and pointed at does not wait for thumbnails.
    Private.queue.add(this, !this._compact);
  }

  private _compact: boolean;
  private _data: IPlotData | null = null;
  private _figure: IFigure | null = null;
  private _height = 0;
  private _isDisposed = false;
  private _model: HistogramModel;
  private _painted = new Signal<this, void>(this);
  private _painter: FigurePainter | null = null;
  private _svg: SVGSVGElement;
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

namespace Private {
  /** The plots of the page that are to be painted. */
  export const queue = new PaintQueue();
}

/**
 * Returns the categories that matter for the colours. In a stack of datasets
 * these are also the ones whose first events are still to come.
 */
function relevant(
  order: readonly string[],
  { header, rows }: IFrame
): string[] {
  const { fractions } = header;
  const names = rows.map(({ name }) => name);
  const byDataset = names.some(name => name in fractions);
  return order.filter(
    name => names.includes(name) || (byDataset && name in fractions)
  );
}

/** Says how much of a dataset or run is in the histogram, where it is not all. */
function remark({ header }: IFrame, name: string): string | null {
  if (header.view.runs.length > 0) {
    // Rows are runs then: others, and the one that the plot is of.
    const other = header.others.find(other => other.name === name);
    return partialRange((other ?? header).fractions);
  }
  const fraction = header.fractions[name];
  return fraction !== undefined && fraction < 1 ? percentText(fraction) : null;
}
