import * as React from 'react';

import { type IDrag, areaOf } from './drags';
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
  const style = (
    [left, right]: readonly [number, number],
    rows: readonly [number, number] | null = null
  ): React.CSSProperties => ({
    left: frame.left + left,
    top: frame.top + (rows?.[0] ?? 0),
    width: Math.max(0, right - left),
    height: rows
      ? Math.max(0, rows[1] - rows[0])
      : lowest.top + lowest.height - frame.top
  });
  const area = drag && drag.tool !== 'pan' ? areaOf(drag, figure) : null;
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
    return Math.min(frame.width, Math.max(0, figure.edges[index] ?? 0));
  };
  return (
    <>
      {integrate && !data.map && (
        <div
          className="casa-Plot-selection"
          style={style([edgeOf(integrate[0], -1), edgeOf(integrate[1], 1)])}
        />
      )}
      {drag && area && (
        <div
          className={`casa-Plot-drag casa-mod-${drag.tool}${area.y ? ' casa-mod-area' : ''}`}
          style={style(area.x ?? [0, frame.width], area.y)}
        />
      )}
    </>
  );
}
