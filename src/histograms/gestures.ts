import * as React from 'react';

import {
  type IDrag,
  type IPlace,
  type Tool,
  finishDrag,
  panAlong
} from './drags';
import { actOnKey } from './keys';
import type { HistogramModel } from './model';
import type { Plot } from './plot';
import type { ICursor } from './readout';
import { type IFigure, binAt } from './renderer';
import { ZOOM_STEP, zoomAround } from './zoom';

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

/** Turns what a pointer, a wheel and keys do on a plot into changes of its model. */
export function useGestures(
  model: HistogramModel,
  plot: Plot | null,
  element: React.RefObject<HTMLElement>,
  tool: Tool
): IGestures {
  const [cursor, setCursor] = React.useState<ICursor | null>(null);
  const [drag, setDrag] = React.useState<IDrag | null>(null);
  useWheel(model, plot, element);

  const onPointerDown = (event: React.PointerEvent): void => {
    const figure = plot?.figure;
    if (event.button !== 0 || !figure) {
      return;
    }
    const from = placeOf(event, event.currentTarget, figure);
    if (isInside(from, figure)) {
      const selects = event.shiftKey && !model.isFixed;
      const wanted = selects ? 'select' : event.altKey ? 'pan' : tool;
      event.currentTarget.setPointerCapture(event.pointerId);
      const shown = { x: model.range, y: model.rangeY };
      setDrag({ tool: wanted, from, to: from, shown });
    }
  };
  const onPointerMove = (event: React.PointerEvent): void => {
    const figure = plot?.figure;
    if (!figure) {
      return;
    }
    const to = placeOf(event, event.currentTarget, figure);
    if (!drag) {
      setCursor(cursorAt(figure, to));
      return;
    }
    setCursor(null);
    setDrag({ ...drag, to });
    if (drag.tool === 'pan') {
      panAlong(model, plot, drag, to);
    }
  };
  const onPointerUp = (event: React.PointerEvent): void => {
    const figure = plot?.figure;
    if (drag && figure) {
      const to = placeOf(event, event.currentTarget, figure);
      finishDrag(model, plot, { ...drag, to });
    }
    setDrag(null);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const data = plot?.data;
    const figure = plot?.figure;
    const next =
      data && figure ? actOnKey(event, model, data, figure, cursor) : undefined;
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
      onDoubleClick: () => model.unzoom(),
      onKeyDown,
      onBlur: () => setCursor(null)
    }
  };
}

/** Zooms with the wheel, where the page is not meant to scroll. */
function useWheel(
  model: HistogramModel,
  plot: Plot | null,
  element: React.RefObject<HTMLElement>
): void {
  React.useEffect(() => {
    const { current } = element;
    const onWheel = (event: WheelEvent): void => {
      const data = plot?.data;
      const figure = plot?.figure;
      // A plot that was not clicked lets the page scroll past.
      if (
        !current ||
        !data ||
        !figure ||
        !(event.ctrlKey || isFocused(current))
      ) {
        return;
      }
      event.preventDefault();
      const { x, y } = placeOf(event, current, figure);
      const around = { x: figure.valueAt(x), y: figure.valueAtY?.(y) ?? null };
      const factor = event.deltaY > 0 ? ZOOM_STEP : 1 / ZOOM_STEP;
      zoomAround(model, data, figure, around, factor);
    };
    // React's own listeners are passive: they cannot keep the page from scrolling.
    current?.addEventListener('wheel', onWheel, { passive: false });
    return () => current?.removeEventListener('wheel', onWheel);
  }, [element, model, plot]);
}

function isFocused(element: HTMLElement): boolean {
  return element.contains(document.activeElement);
}

function placeOf(
  { clientX, clientY }: { clientX: number; clientY: number },
  element: Element,
  { main }: IFigure
): IPlace {
  const { left, top } = element.getBoundingClientRect();
  return {
    x: clientX - left - main.frame.left,
    y: clientY - top - main.frame.top
  };
}

/** Whether a place is above or below the frame at most; in a map, within it. */
function isInside({ x, y }: IPlace, { main, valueAtY }: IFigure): boolean {
  const { height, width } = main.frame;
  return x >= 0 && x <= width && (!valueAtY || (y >= 0 && y <= height));
}

function cursorAt(figure: IFigure, place: IPlace): ICursor | null {
  const bin = isInside(place, figure) ? binAt(figure.edges, place.x) : null;
  const isMap = figure.yEdges.length > 0;
  const yBin = isMap ? binAt(figure.yEdges, place.y) : null;
  return bin === null ? null : { bin, yBin };
}
