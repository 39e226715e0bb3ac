import type * as React from 'react';

import { selectBins } from './drags';
import type { HistogramModel } from './model';
import type { ICursor } from './readout';
import type { IFigure, IPlotData, IRange } from './renderer';
import {
  type IAround,
  ZOOM_STEP,
  axisRange,
  moved,
  shownRange,
  within,
  zoomAround
} from './zoom';

/** How much of what is shown one key pans by. */
const PAN_STEP = 0.1;

/** Acts on a key; returns the new cursor, or undefined for a key of no meaning. */
export function actOnKey(
  {
    ctrlKey,
    key,
    shiftKey
  }: Pick<React.KeyboardEvent, 'ctrlKey' | 'key' | 'shiftKey'>,
  model: HistogramModel,
  data: IPlotData,
  figure: IFigure,
  cursor: ICursor | null
): ICursor | null | undefined {
  const bins = data.bins.length;
  if (bins === 0) {
    return undefined;
  }
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  const rise = { ArrowDown: -1, ArrowUp: 1 }[key];
  if (step && ctrlKey) {
    const shown = shownRange(model, data, figure);
    const next = moved(shown, step * PAN_STEP, figure.isLogX);
    model.zoom({ x: model.range && within(next, axisRange(data)) });
    return null;
  }
  if (step) {
    const start = step > 0 ? 0 : bins - 1;
    const bin = cursor ? limit(cursor.bin + step, bins) : start;
    if (shiftKey) {
      extend(model, data, cursor?.bin ?? bin, bin);
    }
    return { bin, yBin: cursor?.yBin ?? (data.map ? 0 : null) };
  }
  if (rise && data.map && ctrlKey) {
    const axis = axisRange(data.map);
    const next = moved(model.rangeY ?? axis, rise * PAN_STEP);
    model.zoom({ y: within(next, axis) });
    return null;
  }
  if (rise && data.map) {
    const yBin = limit((cursor?.yBin ?? 0) + rise, data.map.bins.length);
    return { bin: cursor?.bin ?? 0, yBin };
  }
  switch (key) {
    case '+':
    case '=':
      zoomAround(
        model,
        data,
        figure,
        centreOf(model, data, figure, cursor),
        1 / ZOOM_STEP
      );
      return cursor;
    case '-':
      zoomAround(
        model,
        data,
        figure,
        centreOf(model, data, figure, cursor),
        ZOOM_STEP
      );
      return cursor;
    case '0':
      model.unzoom();
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
  data: IPlotData,
  from: number,
  to: number
): void {
  const { bins } = data;
  const integrate = model.view?.integrate;
  if (!integrate) {
    selectBins(model, data, from, to);
    return;
  }
  const [low, high] = integrate;
  const first = bins.findIndex(bin => bin.low === (low ?? -Infinity));
  const last = bins.findIndex(bin => bin.high === (high ?? Infinity));
  // The end where the cursor was moves along with it.
  const isEnd = from === (last < 0 ? bins.length - 1 : last);
  const anchor = isEnd ? Math.max(0, first) : last < 0 ? bins.length - 1 : last;
  selectBins(model, data, anchor, to);
}

/** Returns the values at the cursor, or else in the middle. */
function centreOf(
  model: HistogramModel,
  data: IPlotData,
  figure: IFigure,
  cursor: ICursor | null
): IAround {
  const { bins, map } = data;
  const middle = (shown: IRange): number => (shown.low + shown.high) / 2;
  const at = (bin: IRange | undefined, otherwise: number): number =>
    bin && Number.isFinite(middle(bin)) ? middle(bin) : otherwise;
  const x = figure.valueAt(figure.main.frame.width / 2);
  const shownY = map && (model.rangeY ?? axisRange(map));
  return {
    x: at(bins[cursor?.bin ?? -1], x),
    y: map && shownY ? at(map.bins[cursor?.yBin ?? -1], middle(shownY)) : null
  };
}

function limit(bin: number, bins: number): number {
  return Math.min(bins - 1, Math.max(0, bin));
}
