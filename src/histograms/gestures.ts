import * as React from 'react';

import type { HistogramModel } from './model';
import type { Plot } from './plot';
import type { ICursor } from './readout';
import { type IRange, binAt } from './renderer';
import { axisRange, moved, within, zoomed } from './zoom';

/** What dragging over a plot does. */
export type Tool = 'zoom' | 'select' | 'pan';

/** A drag under way, in pixels of the frame. */
export interface IDrag {
  readonly tool: Tool;
  readonly from: number;
  readonly to: number;

  /** Range that was shown when it began. */
  readonly range: IRange | null;
}

/** What a pointer or the keyboard is doing on a plot. */
export interface IGestures {
  readonly cursor: ICursor | null;
  readonly drag: IDrag | null;
  readonly handlers: Pick<
    React.HTMLAttributes<HTMLElement>,
    | 'onPointerDown'
    | 'onPointerMove'
    | 'onPointerUp'
    | 'onPointerCancel'
    | 'onPointerLeave'
    | 'onDoubleClick'
    | 'onKeyDown'
    | 'onBlur'
  >;
}

/** Shorter drags are clicks. */
const LEAST_DRAG = 4;

/** How much one notch of the wheel, or one key, zooms and pans. */
const ZOOM_STEP = 1.25;
const PAN_STEP = 0.1;

/** Turns what a pointer, a wheel and keys do on a plot into changes of its model. */
export function useGestures(
  model: HistogramModel,
  plot: React.RefObject<Plot>,
  element: React.RefObject<HTMLElement>,
  tool: Tool
): IGestures {
  const [cursor, setCursor] = React.useState<ICursor | null>(null);
  const [drag, setDrag] = React.useState<IDrag | null>(null);
  useWheel(model, plot, element);

  const place = (event: React.PointerEvent): { x: number; y: number } => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const frame = plot.current?.figure?.main.frame;
    return {
      x: event.clientX - left - (frame?.left ?? 0),
      y: event.clientY - top - (frame?.top ?? 0)
    };
  };
  const point = (event: React.PointerEvent): void => {
    const figure = plot.current?.figure;
    if (figure) {
      const { x, y } = place(event);
      const inside = x >= 0 && x <= figure.main.frame.width;
      const bin = inside ? binAt(figure.edges, x) : null;
      const yBin = figure.yEdges.length > 0 ? binAt(figure.yEdges, y) : null;
      setCursor(bin === null ? null : { bin, yBin });
    }
  };
  const onPointerDown = (event: React.PointerEvent): void => {
    const figure = plot.current?.figure;
    const { x } = place(event);
    if (event.button !== 0 || !figure || x < 0 || x > figure.main.frame.width) {
      return;
    }
    const wanted = event.shiftKey ? 'select' : event.altKey ? 'pan' : tool;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ tool: wanted, from: x, to: x, range: model.range });
  };
  const onPointerMove = (event: React.PointerEvent): void => {
    if (!drag) {
      point(event);
      return;
    }
    const { x } = place(event);
    setDrag({ ...drag, to: x });
    setCursor(null);
    if (drag.tool === 'pan' && Math.abs(x - drag.from) >= LEAST_DRAG) {
      pan(model, plot.current, drag, x);
    }
  };
  const onPointerUp = (event: React.PointerEvent): void => {
    if (drag) {
      setDrag(null);
      finish(model, plot.current, { ...drag, to: place(event).x });
    }
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const next = onKey(event, model, plot.current, cursor);
    if (next !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      setCursor(next);
    }
  };
  return {
    cursor: drag ? null : cursor,
    drag,
    handlers: {
      onPointerDown,
      onPointerMove,
      onPointerUp,
      onPointerCancel: () => setDrag(null),
      onPointerLeave: () => setCursor(null),
      onDoubleClick: () => model.range && model.zoom(null),
      onKeyDown,
      onBlur: () => setCursor(null)
    }
  };
}

/** Zooms with the wheel, where the page is not meant to scroll. */
function useWheel(
  model: HistogramModel,
  plot: React.RefObject<Plot>,
  element: React.RefObject<HTMLElement>
): void {
  React.useEffect(() => {
    const { current } = element;
    const onWheel = (event: WheelEvent): void => {
      const figure = plot.current?.figure;
      // A plot that was not clicked lets the page scroll past.
      if (!current || !figure || !(event.ctrlKey || isFocused(current))) {
        return;
      }
      event.preventDefault();
      const { left } = current.getBoundingClientRect();
      const x = event.clientX - left - figure.main.frame.left;
      const factor = event.deltaY > 0 ? ZOOM_STEP : 1 / ZOOM_STEP;
      zoomAround(model, plot.current, figure.valueAt(x), factor);
    };
    // React's own listeners are passive: they cannot keep the page from scrolling.
    current?.addEventListener('wheel', onWheel, { passive: false });
    return () => current?.removeEventListener('wheel', onWheel);
  }, [element, model, plot]);
}

function isFocused(element: HTMLElement): boolean {
  return element.contains(document.activeElement);
}

/** Does what a drag was for. */
function finish(
  model: HistogramModel,
  plot: Plot | null,
  { from, to, tool }: IDrag
): void {
  const figure = plot?.figure;
  const data = plot?.data;
  if (!figure || !data || tool === 'pan') {
    return;
  }
  if (Math.abs(to - from) < LEAST_DRAG) {
    if (tool === 'select') {
      model.choose({ integrate: null });
    }
    return;
  }
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  if (tool === 'zoom') {
    const axis = axisRange(data);
    const range = { low: figure.valueAt(low), high: figure.valueAt(high) };
    model.zoom(within(range, axis));
  } else {
    const { width } = figure.main.frame;
    const first = binAt(figure.edges, Math.max(0, low));
    const last = binAt(figure.edges, Math.min(width, high));
    if (first !== null && last !== null) {
      selectBins(model, plot, first, last);
    }
  }
}

/** Integrates from one bin to another, both included. */
function selectBins(
  model: HistogramModel,
  plot: Plot | null,
  first: number,
  last: number
): void {
  const bins = plot?.data?.bins;
  if (bins && !plot?.data?.map) {
    const { low } = bins[Math.min(first, last)];
    const { high } = bins[Math.max(first, last)];
    const end = (value: number): number | null =>
      Number.isFinite(value) ? value : null;
    model.choose({ integrate: [end(low), end(high)] });
  }
}

function pan(
  model: HistogramModel,
  plot: Plot | null,
  { from, range, to: before }: IDrag,
  to: number
): void {
  const frame = plot?.figure?.main.frame;
  if (frame && plot?.data && range) {
    const next = moved(range, (from - to) / frame.width);
    const isFirst = Math.abs(before - from) < LEAST_DRAG;
    model.zoom(within(next, axisRange(plot.data)), !isFirst);
  }
}

function zoomAround(
  model: HistogramModel,
  plot: Plot | null,
  around: number,
  factor: number
): void {
  if (plot?.data) {
    const axis = axisRange(plot.data);
    const shown = model.range ?? axis;
    const next = within(zoomed(shown, around, factor), axis);
    if (next || model.range) {
      model.zoom(next);
    }
  }
}

/** Acts on a key; returns the new cursor, or undefined for a key of no meaning. */
function onKey(
  { ctrlKey, key, shiftKey }: React.KeyboardEvent,
  model: HistogramModel,
  plot: Plot | null,
  cursor: ICursor | null
): ICursor | null | undefined {
  const data = plot?.data;
  const bins = data?.bins.length ?? 0;
  if (!data || bins === 0) {
    return undefined;
  }
  const axis = axisRange(data);
  const shown = model.range ?? axis;
  const middle = (shown.low + shown.high) / 2;
  const centre = cursor ? middleOf(data.bins[cursor.bin], middle) : middle;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  const rise = { ArrowDown: -1, ArrowUp: 1 }[key];
  if (step && ctrlKey) {
    model.zoom(within(moved(shown, step * PAN_STEP), axis));
    return null;
  }
  if (step) {
    const start = step > 0 ? 0 : bins - 1;
    const bin = cursor ? limit(cursor.bin + step, bins) : start;
    if (shiftKey) {
      extend(model, plot, cursor?.bin ?? bin, bin);
    }
    return { bin, yBin: cursor?.yBin ?? (data.map ? 0 : null) };
  }
  if (rise && data.map) {
    const yBin = limit((cursor?.yBin ?? 0) + rise, data.map.bins.length);
    return { bin: cursor?.bin ?? 0, yBin };
  }
  switch (key) {
    case '+':
    case '=':
      zoomAround(model, plot, centre, 1 / ZOOM_STEP);
      return cursor;
    case '-':
      zoomAround(model, plot, centre, ZOOM_STEP);
      return cursor;
    case '0':
      model.zoom(null);
      return cursor;
    case 'Backspace':
      model.undoZoom();
      return cursor;
    case 'Escape':
      if (cursor) {
        return null;
      }
      if (model.view?.integrate) {
        model.choose({ integrate: null });
        return null;
      }
      return undefined;
    default:
      return undefined;
  }
}

/** Lets the range that is integrated end at another bin. */
function extend(
  model: HistogramModel,
  plot: Plot | null,
  from: number,
  to: number
): void {
  const bins = plot?.data?.bins ?? [];
  const integrate = model.view?.integrate;
  if (!integrate) {
    selectBins(model, plot, from, to);
    return;
  }
  const [low, high] = integrate;
  const first = bins.findIndex(bin => bin.low === (low ?? -Infinity));
  const last = bins.findIndex(bin => bin.high === (high ?? Infinity));
  // The end where the cursor was moves along with it.
  const isEnd = from === (last < 0 ? bins.length - 1 : last);
  const anchor = isEnd ? Math.max(0, first) : last < 0 ? bins.length - 1 : last;
  selectBins(model, plot, anchor, to);
}

function middleOf(bin: IRange, otherwise: number): number {
  const middle = (bin.low + bin.high) / 2;
  return Number.isFinite(middle) ? middle : otherwise;
}

function limit(bin: number, bins: number): number {
  return Math.min(bins - 1, Math.max(0, bin));
}
