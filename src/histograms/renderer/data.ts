import type { Axis, Role } from '../../services/models';
import type { IFrame, IFrameMap, IFrameRow } from '../frame';
import { type IBin, listBins } from './bins';
import { palette } from './palette';

/** A row of numbers with the colour that it is drawn in. */
export interface ISeries extends IFrameRow {
  /** Null for what is drawn in the colour of text. */
  readonly color: string | null;
}

/** What is drawn: a frame with order, colours and roles settled. */
export interface IPlotData {
  readonly axis: Axis;
  readonly bins: readonly IBin[];

  /** The stack, from bottom to top. */
  readonly layers: readonly ISeries[];

  /** What is drawn one over the other: lines, points, and data on top. */
  readonly curves: readonly ISeries[];

  /** Sum of the layers; null without layers. */
  readonly total: ISeries | null;

  /** Uncertainty of the total: statistical, or that of variations with it. */
  readonly band: ISeries | null;

  /** True where the only layer is drawn as a line and not filled. */
  readonly single: boolean;
  readonly panel: IPanelData | null;
  readonly map: IMapData | null;
}

/** The comparison below a plot. */
export interface IPanelData {
  readonly kind: 'ratio' | 'pull';

  /** Name of the row compared with; '' for the stack. */
  readonly reference: string;
  readonly band: ISeries | null;
  readonly curves: readonly ISeries[];
}

/** The second axis of a map, and its cells. */
export interface IMapData extends IFrameMap {
  readonly axis: Axis;
  readonly bins: readonly IBin[];
}

/**
 * Settles what is drawn of a frame.
 *
 * @param order - The categories in the order of the stack. A category keeps
 * its colour when another one appears, as long as its place here stays.
 */
export function plotData(frame: IFrame, order: readonly string[]): IPlotData {
  const { edges, header, map, rows } = frame;
  const names = rows.filter(isOwn).map(({ name }) => name);
  const ordered = [...order, ...names.filter(name => !order.includes(name))];
  const data = new Set(
    rows.filter(({ role }) => role === 'data').map(({ name }) => name)
  );
  const coloured = ordered.filter(name => !data.has(name));
  const colours = palette(coloured.length);
  const painted = (row: IFrameRow): ISeries => ({
    ...row,
    color:
      row.role === 'data' || !isOwn(row)
        ? null
        : (colours[coloured.indexOf(row.name)] ?? null)
  });
  const place = ({ name, role }: IFrameRow): number =>
    role === 'data' ? ordered.length : ordered.indexOf(name);
  const sorted = [...rows].sort((a, b) => place(a) - place(b)).map(painted);
  const withRole = (role: Role): ISeries[] =>
    sorted.filter(row => row.role === role);
  const layers = withRole('layer');
  const total = withRole('total')[0] ?? null;
  return {
    axis: header.x,
    bins: listBins(header.x, edges),
    layers,
    curves: sorted.filter(row => isOwn(row) && row.role !== 'layer'),
    total,
    band: withRole('band')[0] ?? total,
    single: layers.length === 1 && layers[0].name === '',
    panel: header.panel && {
      kind: header.panel.kind,
      reference: header.panel.reference,
      band: frame.panel.filter(({ role }) => role === 'band').map(painted)[0],
      curves: frame.panel.filter(isOwn).map(painted)
    },
    map: map &&
      header.y && {
        ...map,
        axis: header.y,
        bins: listBins(header.y, map.edges)
      }
  };
}

/** Returns an uncertainty, which is none where nobody knows it. */
export function known(error: number): number {
  return Number.isFinite(error) ? error : 0;
}

/** Says whether a row is one of the histogram and not made of others. */
function isOwn({ role }: IFrameRow): boolean {
  return role !== 'total' && role !== 'band';
}
