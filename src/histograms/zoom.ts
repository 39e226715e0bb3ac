import type { HistogramModel } from './model';
import { type IFigure, type IPlotData, type IRange, isFlow } from './renderer';

/** How much one notch of the wheel, or one key, zooms. */
export const ZOOM_STEP = 1.25;

/** Zoomed further in, a plot shows next to nothing. */
const SMALLEST = 1e-6;

/** What is shown of the axes; null for all of an axis. */
export interface IZoom {
  readonly x: IRange | null;

  /** The vertical axis of a map. */
  readonly y: IRange | null;
}

/** Nothing left out. */
export const WHOLE: IZoom = { x: null, y: null };

/** Returns the range of an axis without its flow bins. */
export function axisRange({ bins }: Pick<IPlotData, 'bins'>): IRange {
  const inside = bins.filter(bin => !isFlow(bin));
  return {
    low: inside[0]?.low ?? 0,
    high: inside[inside.length - 1]?.high ?? 1
  };
}

/** Returns a range that is larger or smaller by a factor around a value. */
export function zoomed(
  range: IRange,
  around: number,
  factor: number,
  isLog = false
): IRange {
  if (isLog && range.low > 0 && around > 0) {
    return {
      low: around * (range.low / around) ** factor,
      high: around * (range.high / around) ** factor
    };
  }
  return {
    low: around + (range.low - around) * factor,
    high: around + (range.high - around) * factor
  };
}

/** Returns a range moved by a part of its width. */
export function moved(
  { high, low }: IRange,
  part: number,
  isLog = false
): IRange {
  if (isLog && low > 0) {
    const ratio = (high / low) ** part;
    return { low: low * ratio, high: high * ratio };
  }
  const shift = (high - low) * part;
  return { low: low + shift, high: high + shift };
}

/** Returns what a figure shows of the horizontal axis: if logarithmic, nothing below 0. */
export function shownRange(
  { range }: Pick<HistogramModel, 'range'>,
  data: IPlotData,
  { isLogX, valueAt }: Pick<IFigure, 'isLogX' | 'valueAt'>
): IRange {
  const { low, high } = range ?? axisRange(data);
  return { low: isLogX && low <= 0 ? valueAt(0) : low, high };
}

/** Keeps a range on an axis; null for all of it. */
export function within(range: IRange, axis: IRange): IRange | null {
  const full = axis.high - axis.low;
  const width = Math.max(range.high - range.low, full * SMALLEST);
  if (width >= full) {
    return null;
  }
  const low = Math.min(Math.max(range.low, axis.low), axis.high - width);
  return { low, high: low + width };
}

/** Values around which is zoomed; null for an axis that stays as it is. */
export interface IAround {
  readonly x: number;
  readonly y: number | null;
}

/** Shows less or more of the axes by a factor, so that values stay in place. */
export function zoomAround(
  model: HistogramModel,
  data: IPlotData,
  figure: IFigure,
  around: IAround,
  factor: number
): void {
  const shown = shownRange(model, data, figure);
  const x = within(
    zoomed(shown, around.x, factor, figure.isLogX),
    axisRange(data)
  );
  const axisY = data.map && axisRange(data.map);
  const y =
    axisY && around.y !== null
      ? within(zoomed(model.rangeY ?? axisY, around.y, factor), axisY)
      : null;
  if (x || y || model.isZoomed) {
    model.zoom({ x, y });
  }
}

/** What a plot was zoomed to, to go back to. */
export class ZoomHistory {
  constructor(shown: IZoom = WHOLE) {
    this._shown = shown;
  }

  /** What is shown. */
  get shown(): IZoom {
    return this._shown;
  }

  /** Whether something else was shown before. */
  get canUndo(): boolean {
    return this._past.some(past => !isSame(past, this._shown));
  }

  /** Shows something else. */
  set(shown: IZoom): void {
    this._past = [...this._past, this._shown].slice(-DEPTH);
    this._shown = shown;
  }

  /** Shows what continues the last change: a step of a gesture. */
  replace(shown: IZoom): void {
    this._shown = shown;
  }

  /** Goes back to what was shown before. */
  undo(): void {
    const shown = this._shown;
    // To zoom out of the whole axis, say, changed nothing.
    while (this._past.length > 0 && isSame(this._shown, shown)) {
      this._shown = this._past[this._past.length - 1];
      this._past = this._past.slice(0, -1);
    }
  }

  private _past: readonly IZoom[] = [];
  private _shown: IZoom;
}

function isSame(one: IZoom, other: IZoom): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** How far one can go back. */
const DEPTH = 100;
