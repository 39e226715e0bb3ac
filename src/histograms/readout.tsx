import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useSignal } from './hooks';
import type { Plot } from './plot';
import {
  type IFigure,
  type IReadoutRow,
  measurementText,
  plainLabel,
  readBin
} from './renderer';

interface IReadoutProps {
  readonly plot: Plot;
  readonly bin: number;
  readonly trans: TranslationBundle;
}

/** Marks a bin and says what it holds; follows the frames that come. */
export function Readout({
  bin,
  plot,
  trans
}: IReadoutProps): JSX.Element | null {
  useSignal(plot.painted);
  const { data, figure } = plot;
  if (!data || !figure || bin >= data.bins.length) {
    return null;
  }
  const { range, rows } = readBin(data, bin);
  const axis = figure.xLabel.map(({ text }) => text).join('');
  return (
    <>
      <div className="casa-Readout-bin" style={binStyle(figure, bin)} />
      <div
        className="casa-Readout"
        role="status"
        aria-live="polite"
        style={boxStyle(figure, bin)}
      >
        <div className="casa-Readout-title">
          {axis ? `${axis}: ${range}` : range}
        </div>
        <table>
          <tbody>
            {rows.map(row => (
              <tr key={`${row.kind}/${row.name}`}>
                <th scope="row">
                  <span
                    className={`casa-Readout-key casa-mod-${row.kind}`}
                    style={row.color ? { background: row.color } : undefined}
                  />
                  {nameOf(row, trans)}
                </th>
                <td>{measurementText(row.value, row.error)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function nameOf({ kind, name }: IReadoutRow, trans: TranslationBundle): string {
  return kind === 'total'
    ? trans.__('Sum')
    : plainLabel(name) || trans.__('Content');
}

function binStyle({ edges, frame }: IFigure, bin: number): React.CSSProperties {
  return {
    left: frame.left + edges[bin],
    top: frame.top,
    width: Math.max(1, edges[bin + 1] - edges[bin]),
    height: frame.height
  };
}

/** Puts the box on the side of the bin where there is more room. */
function boxStyle(
  { edges, frame, width }: IFigure,
  bin: number
): React.CSSProperties {
  const gap = 8;
  const middle = (edges[bin] + edges[bin + 1]) / 2;
  const top = frame.top + gap;
  return middle > frame.width / 2
    ? { right: width - frame.left - edges[bin] + gap, top }
    : { left: frame.left + edges[bin + 1] + gap, top };
}
