import type { HistogramModel } from './model';
import type { Plot } from './plot';
import { type IFigure, type IPlotData, type IRange, binAt } from './renderer';
import { type IZoom, axisRange, moved, within } from './zoom';

/** What dragging over a plot does. */
export type Tool = 'zoom' | 'select' | 'pan';

/** A place on a plot, in pixels from the corner of its frame. */
export interface IPlace {
  readonly x: number;
  readonly y: number;
}

/** A drag under way. */
export interface IDrag {
  readonly tool: Tool;
  readonly from: IPlace;
  readonly to: IPlace;

  /** What was shown when it began. */
  readonly shown: IZoom;
}

/** What a drag goes over: both ends of an axis, or null for all of it. */
export interface IArea {
  readonly x: readonly [number, number] | null;
  readonly y: readonly [number, number] | null;
}

/** Shorter drags are clicks. */
const LEAST_DRAG = 4;

/** On a map, a drag that is not wider or higher than this is along one axis. */
const STRIP = 12;

/** Returns what a drag goes over, in pixels of the frame. */
export function areaOf(
  { from, to }: IDrag,
  { main, valueAtY }: IFigure
): IArea {
  const { height, width } = main.frame;
  const between = (
    one: number,
    other: number,
    most: number
  ): [number, number] => [
    Math.max(0, Math.min(one, other)),
    Math.min(most, Math.max(one, other))
  ];
  const x = between(from.x, to.x, width);
  const y = between(from.y, to.y, height);
  if (!valueAtY) {
    return { x, y: null };
  }
  const wide = Math.abs(to.x - from.x);
  const high = Math.abs(to.y - from.y);
  return {
    x: wide <= STRIP && high > wide ? null : x,
    y: high <= STRIP && wide >= high ? null : y
  };
}

function distance(from: IPlace, to: IPlace): number {
  return Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
}

/** Does what a drag was for. */
export function finishDrag(
  model: HistogramModel,
  plot: Plot | null,
  drag: IDrag
): void {
  const figure = plot?.figure;
  const data = plot?.data;
  if (!figure || !data || drag.tool === 'pan') {
    return;
  }
  const reach = figure.valueAtY
    ? distance(drag.from, drag.to)
    : Math.abs(drag.to.x - drag.from.x);
  if (reach < LEAST_DRAG) {
    if (drag.tool === 'select') {
      model.choose({ integrate: null });
    }
    return;
  }
  const { x, y } = areaOf(drag, figure);
  if (drag.tool === 'zoom') {
    const { valueAt, valueAtY } = figure;
    const change: { x?: IRange | null; y?: IRange | null } = {};
    if (x) {
      const range = { low: valueAt(x[0]), high: valueAt(x[1]) };
      change.x = within(range, axisRange(data));
    }
    if (y && valueAtY && data.map) {
      const range = { low: valueAtY(y[1]), high: valueAtY(y[0]) };
      change.y = within(range, axisRange(data.map));
    }
    model.zoom(change);
  } else if (x) {
    const [first, last] = x.map(place => binAt(figure.edges, place));
    if (first !== null && last !== null) {
      selectBins(model, data, first, last);
    }
  }
}

/** Integrates from one bin to another, both included. */
export function selectBins(
  model: HistogramModel,
  { bins, map }: IPlotData,
  first: number,
  last: number
): void {
  if (!map) {
    const { low } = bins[Math.min(first, last)];
    const { high } = bins[Math.max(first, last)];
    const end = (value: number): number | null =>
      Number.isFinite(value) ? value : null;
    model.choose({ integrate: [end(low), end(high)] });
  }
}

/** Moves what is shown along with the pointer, as far as it was zoomed. */
export function panAlong(
  model: HistogramModel,
  plot: Plot | null,
  { from, shown, to: before }: IDrag,
  to: IPlace
): void {
  const figure = plot?.figure;
  const data = plot?.data;
  const isDrag = distance(from, to) >= LEAST_DRAG;
  if (isDrag && figure && data && (shown.x || shown.y)) {
    const { frame } = figure.main;
    const isFirst = distance(from, before) < LEAST_DRAG;
    const across = (from.x - to.x) / frame.width;
    const up = (to.y - from.y) / frame.height;
    const x =
      shown.x && within(moved(shown.x, across, figure.isLogX), axisRange(data));
    const y =
      shown.y && data.map
        ? within(moved(shown.y, up), axisRange(data.map))
        : null;
    model.zoom({ x, y }, !isFirst);
  }
}
