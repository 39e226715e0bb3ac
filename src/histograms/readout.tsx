import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useSignal } from './hooks';
import type { Plot } from './plot';
import {
  type IFigure,
  type IPlotData,
  type IReadoutRow,
  binText,
  measurementText,
  plainLabel,
  readBin
} from './renderer';

/** A bin of a plot, or a cell of a map. */
export interface ICursor {
  readonly bin: number;

  /** Bin of the vertical axis; null where there is none. */
  readonly yBin: number | null;
}

interface IReadoutProps {
  readonly plot: Plot;
  readonly cursor: ICursor;
  readonly trans: TranslationBundle;
}

/** Marks a bin and says what it holds; follows the frames that come. */
export function Readout({
  cursor,
  plot,
  trans
}: IReadoutProps): JSX.Element | null {
  useSignal(plot.painted);
  const { data, figure } = plot;
  const { bin, yBin } = cursor;
  if (
    !data ||
    !figure ||
    bin >= data.bins.length ||
    (data.map && (yBin === null || yBin >= data.map.bins.length))
  ) {
    return null;
  }
  return (
    <>
      <div
        className={`casa-Readout-bin${data.map ? ' casa-mod-cell' : ''}`}
        style={binStyle(figure, cursor)}
      />
      <div
        className="casa-Readout"
        role="status"
        aria-live="polite"
        style={boxStyle(figure, bin)}
      >
        {data.map && yBin !== null ? (
          <CellContent data={data} bin={bin} yBin={yBin} trans={trans} />
        ) : (
          <BinContent data={data} bin={bin} trans={trans} />
        )}
      </div>
    </>
  );
}

interface IContentProps {
  readonly data: IPlotData;
  readonly bin: number;
  readonly trans: TranslationBundle;
}

function BinContent({ bin, data, trans }: IContentProps): JSX.Element {
  const { panel, range, rows } = readBin(data, bin);
  const axis = plainLabel(data.axis.label);
  return (
    <>
      <div className="casa-Readout-title">
        {axis ? `${axis}: ${range}` : range}
      </div>
      <table>
        <tbody>
          {rows.map(row => (
            <ReadoutRow key={`${row.kind}/${row.name}`} row={row}>
              {nameOf(row, trans)}
            </ReadoutRow>
          ))}
          {panel.map(row => (
            <ReadoutRow key={`${row.kind}/${row.name}`} row={row}>
              {panelName(data, row, trans)}
            </ReadoutRow>
          ))}
        </tbody>
      </table>
    </>
  );
}

function CellContent({
  bin,
  data,
  trans,
  yBin
}: IContentProps & { readonly yBin: number }): JSX.Element | null {
  const { axis, bins, map } = data;
  if (!map) {
    return null;
  }
  const cell = bin * map.bins.length + yBin;
  const row: IReadoutRow = {
    name: '',
    kind: 'total',
    color: null,
    value: map.values[cell],
    lower: map.lower[cell],
    upper: map.upper[cell]
  };
  return (
    <>
      <div className="casa-Readout-title">
        {plainLabel(axis.label)}: {binText(bins[bin])}
      </div>
      <div className="casa-Readout-title">
        {plainLabel(map.axis.label)}: {binText(map.bins[yBin])}
      </div>
      <table>
        <tbody>
          <ReadoutRow row={row}>{trans.__('Content')}</ReadoutRow>
        </tbody>
      </table>
    </>
  );
}

function ReadoutRow({
  children,
  row
}: React.PropsWithChildren<{ readonly row: IReadoutRow }>): JSX.Element {
  return (
    <tr className={`casa-mod-${row.kind}`}>
      <th scope="row">
        <span
          className={`casa-Readout-key casa-mod-${row.kind}`}
          style={row.color ? { background: row.color } : undefined}
        />
        {children}
      </th>
      <td>{measurementText(row.value, row.lower, row.upper)}</td>
    </tr>
  );
}

function nameOf({ kind, name }: IReadoutRow, trans: TranslationBundle): string {
  return kind === 'total'
    ? trans.__('Sum')
    : plainLabel(name) || trans.__('Content');
}

function panelName(
  { panel }: IPlotData,
  { name }: IReadoutRow,
  trans: TranslationBundle
): string {
  const row = plainLabel(name);
  if (panel?.kind === 'pull') {
    return trans.__('Pull of %1', row);
  }
  return panel?.reference
    ? trans.__('%1 / %2', row, plainLabel(panel.reference))
    : trans.__('%1 / sum', row);
}

function binStyle(
  { edges, main, panel, yEdges }: IFigure,
  { bin, yBin }: ICursor
): React.CSSProperties {
  const { frame } = main;
  const left = Math.max(0, edges[bin]);
  const right = Math.min(frame.width, edges[bin + 1]);
  const bottom = panel ? panel.frame.top + panel.frame.height : undefined;
  const across = {
    left: frame.left + left,
    width: Math.max(1, right - left)
  };
  if (yBin === null || yEdges.length === 0) {
    return {
      ...across,
      top: frame.top,
      height: (bottom ?? frame.top + frame.height) - frame.top
    };
  }
  const high = Math.max(0, yEdges[yBin + 1]);
  const low = Math.min(frame.height, yEdges[yBin]);
  return {
    ...across,
    top: frame.top + high,
    height: Math.max(1, low - high)
  };
}

/** Puts the box on the side of the bin where there is more room. */
function boxStyle(
  { edges, main, width }: IFigure,
  bin: number
): React.CSSProperties {
  const { frame } = main;
  const gap = 8;
  const middle = (edges[bin] + edges[bin + 1]) / 2;
  const top = frame.top + gap;
  return middle > frame.width / 2
    ? { right: width - frame.left - edges[bin] + gap, top }
    : { left: frame.left + edges[bin + 1] + gap, top };
}
