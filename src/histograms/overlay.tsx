import * as React from 'react';

import type { IDrag } from './gestures';
import { useSignal } from './hooks';
import type { HistogramModel } from './model';
import type { Plot } from './plot';

interface IOverlayProps {
  readonly plot: Plot;
  readonly model: HistogramModel;
  readonly drag: IDrag | null;
}

/** Shows what is being dragged, and the range that is integrated. */
export function Overlay({
  drag,
  model,
  plot
}: IOverlayProps): JSX.Element | null {
  useSignal(plot.painted);
  useSignal(model.changed);
  const { data, figure } = plot;
  if (!data || !figure) {
    return null;
  }
  const { frame } = figure.main;
  const lowest = figure.panel?.frame ?? frame;
  const style = (from: number, to: number): React.CSSProperties => {
    const left = Math.max(0, Math.min(from, to));
    const right = Math.min(frame.width, Math.max(from, to));
    return {
      left: frame.left + left,
      top: frame.top,
      width: Math.max(0, right - left),
      height: lowest.top + lowest.height - frame.top
    };
  };
  const integrate = model.view?.integrate;
  const { bins } = data;
  const edgeOf = (value: number | null, side: -1 | 1): number => {
    const index =
      value === null
        ? side < 0
          ? 0
          : bins.length
        : [bins[0]?.low, ...bins.map(({ high }) => high)].findIndex(
            edge => Math.abs((edge ?? 0) - value) <= 1e-9 * Math.abs(value)
          );
    return figure.edges[index] ?? 0;
  };
  return (
    <>
      {integrate && !data.map && (
        <div
          className="casa-Plot-selection"
          style={style(edgeOf(integrate[0], -1), edgeOf(integrate[1], 1))}
        />
      )}
      {drag && drag.tool !== 'pan' && (
        <div
          className={`casa-Plot-drag casa-mod-${drag.tool}`}
          style={style(drag.from, drag.to)}
        />
      )}
    </>
  );
}
