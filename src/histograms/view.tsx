import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { partialText } from './fractions';
import type { IFrame } from './frame';
import { useOnScreen, useSignal, useSize } from './hooks';
import type { HistogramModel } from './model';
import type { Tool } from './drags';
import { useGestures } from './gestures';
import { Integrals } from './integrals';
import { Overlay } from './overlay';
import { Plot } from './plot';
import { Readout } from './readout';
import { Remarks } from './remarks';
import { plainLabel } from './renderer';
import { PlotTools } from './tools';

interface IPlotProps {
  readonly model: HistogramModel;
  readonly trans: TranslationBundle;
}

/** A histogram as a picture of a few square centimetres. */
export function Thumbnail({ model, trans }: IPlotProps): JSX.Element {
  const container = React.useRef<HTMLDivElement>(null);
  const svg = usePlot({ model, trans }, container, true);
  return (
    <div ref={container} className="casa-Plot casa-mod-compact">
      <svg ref={svg} aria-hidden="true" />
      <PlotMessage model={model} trans={trans} />
    </div>
  );
}

/** A histogram in full, to look into with pointer and keyboard. */
export function FullPlot({ model, trans }: IPlotProps): JSX.Element {
  const container = React.useRef<HTMLDivElement>(null);
  const [plot, setPlot] = React.useState<Plot | null>(null);
  const svg = usePlot({ model, trans }, container, false, setPlot);
  const [tool, setTool] = React.useState<Tool>('zoom');
  const { cursor, drag, handlers } = useGestures(model, plot, container, tool);
  return (
    <div className="casa-FullPlot">
      <PlotTools model={model} tool={tool} onTool={setTool} trans={trans} />
      <div
        ref={container}
        className={`casa-Plot casa-mod-full casa-mod-${tool}`}
        role="group"
        tabIndex={0}
        aria-label={keysText(model, trans)}
        {...handlers}
      >
        <svg ref={svg} role="img" aria-label={plotTitle(model, trans)} />
        {plot && <Overlay plot={plot} model={model} drag={drag} />}
        {cursor && plot && (
          <Readout cursor={cursor} plot={plot} trans={trans} />
        )}
        <PlotMessage model={model} trans={trans} />
      </div>
      <Integrals model={model} trans={trans} />
      <Remarks model={model} trans={trans} />
    </div>
  );
}

/** Says what keys do on a plot. */
function keysText(
  { isFixed, path }: HistogramModel,
  trans: TranslationBundle
): string {
  return isFixed
    ? trans.__(
        'Histogram %1. Arrow keys read out its bins; plus and minus zoom, 0 shows all.',
        path
      )
    : trans.__(
        'Histogram %1. Arrow keys read out its bins, with Shift they select a range; plus and minus zoom, 0 shows all.',
        path
      );
}

/** Says why there is no picture, or that it is on its way. */
function PlotMessage({ model, trans }: IPlotProps): JSX.Element | null {
  useSignal(model.frameChanged);
  useSignal(model.changed);
  const { frame, problem } = model;
  if (problem) {
    return (
      <p className="casa-Plot-message casa-mod-problem" title={problem}>
        {problem}
      </p>
    );
  }
  if (!frame) {
    return <p className="casa-Plot-message">{trans.__('Loading…')}</p>;
  }
  const empty = emptyText(frame, trans);
  return empty === null ? null : <p className="casa-Plot-message">{empty}</p>;
}

/** Says why nothing is drawn inside the frame, if so. */
function emptyText(
  { header, map, rows }: IFrame,
  trans: TranslationBundle
): string | null {
  if (header.x.bins === 0) {
    return trans.__('No category has been filled yet.');
  }
  const drawn = map ? [map] : rows;
  const isEmpty = drawn.every(({ values }) =>
    values.every(value => value === 0 || Number.isNaN(value))
  );
  if (!isEmpty) {
    return null;
  }
  return header.final ? trans.__('No entries.') : trans.__('No entries yet.');
}

function plotTitle(model: HistogramModel, trans: TranslationBundle): string {
  const { frame, path } = model;
  if (!frame) {
    return path;
  }
  const axis = plainLabel(frame.header.x.label);
  const part = partialText(frame.header.fractions, trans);
  return part
    ? trans.__('%1 along %2, with %3', path, axis, part)
    : trans.__('%1 along %2', path, axis);
}

/**
 * Keeps a plot in an element, and the model up to date, while it is on screen:
 * there may be hundreds that nobody sees.
 *
 * @param onPlot - Called with the plot when it is made, and with null when it
 * is gone.
 */
function usePlot(
  { model, trans }: IPlotProps,
  container: React.RefObject<HTMLDivElement>,
  compact: boolean,
  onPlot?: (plot: Plot | null) => void
): React.RefObject<SVGSVGElement> {
  const svg = React.useRef<SVGSVGElement>(null);
  const plot = React.useRef<Plot | null>(null);
  // Remembered, for to ask elements one by one when dozens of them come into
  // view would have the browser lay out the page for each.
  const size = React.useRef({ width: 0, height: 0 });
  const draw = React.useCallback(() => {
    if (!svg.current) {
      return () => undefined;
    }
    const drawn = new Plot({ model, svg: svg.current, trans, compact });
    drawn.resize(size.current.width, size.current.height);
    if (!compact) {
      drawn.paint();
    }
    const shown = model.show();
    plot.current = drawn;
    onPlot?.(drawn);
    return () => {
      plot.current = null;
      onPlot?.(null);
      shown.dispose();
      drawn.dispose();
    };
  }, [compact, model, onPlot, trans]);
  const resize = React.useCallback((width: number, height: number) => {
    size.current = { width, height };
    plot.current?.resize(width, height);
  }, []);
  useOnScreen(container, draw);
  useSize(container, resize);
  return svg;
}
