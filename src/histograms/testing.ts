import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type {
  Axis,
  FrameHeader,
  FrameRow,
  Histogram,
  Role
} from '../services/models';
import { plainView } from './choices';
import type { IFrame, IFrameRow } from './frame';
import type { IHistogramStream, IWatchReceiver, IWatchRequest } from './stream';

// Labels are the analyst's and never translated.
const AXIS_LABEL = 'Mass [GeV]';
const QUANTITY = 'Events';

/** Makes an axis of numbers with two bins and flow, unless told otherwise. */
export function makeAxis(fields: Partial<Axis> = {}): Axis {
  return {
    name: 'mass',
    label: AXIS_LABEL,
    kind: 'regular',
    bins: 2,
    categories: null,
    underflow: true,
    overflow: true,
    discrete: false,
    circular: false,
    transform: null,
    nominal: null,
    ...fields
  };
}

/** Makes an axis of categories. */
export function makeCategories(name: string, categories: string[]): Axis {
  return makeAxis({
    name,
    label: name,
    kind: 'category_str',
    bins: categories.length,
    categories,
    underflow: false,
    overflow: false,
    discrete: true
  });
}

/** Makes a histogram of one axis of numbers, unless told otherwise. */
export function makeHistogram(fields: Partial<Histogram> = {}): Histogram {
  return {
    path: 'mass',
    label: QUANTITY,
    axes: [makeAxis()],
    storage: 'weighted',
    problem: null,
    ...fields
  };
}

/** Makes the header of a frame of the histogram's one axis. */
export function makeHeader(fields: Partial<FrameHeader> = {}): FrameHeader {
  return {
    watch: 'w1',
    run: 'r1',
    histogram: 'mass',
    sequence: 1,
    view: plainView(fields.x?.name ?? 'mass'),
    x: makeAxis({ underflow: false, overflow: false }),
    y: null,
    rows: [],
    panel: null,
    integrals: [],
    scale: null,
    others: [],
    remarks: [],
    fractions: {},
    final: false,
    arrays: [],
    ...fields
  };
}

/** Makes a row whose uncertainties are the roots of its values, unless given. */
export function makeRow(
  name: string,
  role: Role,
  values: number[],
  errors: number[] = values.map(value => Math.sqrt(Math.max(0, value)))
): IFrameRow {
  return {
    name,
    role,
    values: Float64Array.from(values),
    lower: Float64Array.from(errors),
    upper: Float64Array.from(errors)
  };
}

/** Makes a frame with unit bins from zero on, unless told otherwise. */
export function makeFrame(
  header: Partial<FrameHeader>,
  rows: IFrameRow[],
  others: Partial<Pick<IFrame, 'edges' | 'panel' | 'map'>> = {}
): IFrame {
  const bins = rows[0]?.values.length ?? header.x?.bins ?? 0;
  const describe = ({ name, role }: IFrameRow): FrameRow => ({ name, role });
  return {
    header: makeHeader({ rows: rows.map(describe), ...header }),
    edges: Float64Array.from({ length: bins + 1 }, (_, edge) => edge),
    rows,
    panel: [],
    map: null,
    ...others
  };
}

/** Writes a frame as the server sends it. */
export function encodeFrame({
  edges,
  header,
  map,
  panel,
  rows
}: IFrame): ArrayBuffer {
  const arrays: { name: ArrayName; shape: number[]; data: number[] }[] = [];
  const add = (name: ArrayName, shape: number[], data: number[]): void => {
    arrays.push({ name, shape, data });
  };
  const bins = edges.length - 1;
  const addRows = (prefix: '' | 'panel_', of: readonly IFrameRow[]): void => {
    for (const part of ['values', 'lower', 'upper'] as const) {
      const data = of.flatMap(row => [...row[part]]);
      add(`${prefix}${part}`, [of.length, bins], data);
    }
  };
  add('edges', [edges.length], [...edges]);
  if (map) {
    add('y_edges', [map.edges.length], [...map.edges]);
    for (const part of ['values', 'lower', 'upper'] as const) {
      add(part, [bins, map.edges.length - 1], [...map[part]]);
    }
  } else {
    addRows('', rows);
  }
  if (header.panel) {
    addRows('panel_', panel);
  }
  const described = arrays.map(({ name, shape }) => ({ name, shape }));
  return encodeRaw(
    { ...header, arrays: described },
    arrays.flatMap(({ data }) => data)
  );
}

/** Writes a header and numbers as the server sends them, fitting or not. */
export function encodeRaw(header: object, numbers: number[]): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padding = (8 - ((4 + text.length) % 8)) % 8;
  const start = 4 + text.length + padding;
  const buffer = new ArrayBuffer(start + 8 * numbers.length);
  const bytes = new Uint8Array(buffer).fill(32);
  bytes.set(text, 4);
  new DataView(buffer).setUint32(0, text.length + padding, true);
  new Float64Array(buffer, start).set(numbers);
  return buffer;
}

type ArrayName = FrameHeader['arrays'][number]['name'];

/** Remembers what is watched, and lets a test answer. */
export class FakeStream implements IHistogramStream {
  readonly connectionChanged = new Signal<this, boolean>(this);
  readonly watched: {
    request: IWatchRequest;
    receiver: IWatchReceiver;
  }[] = [];
  isConnected = true;

  watch(request: IWatchRequest, receiver: IWatchReceiver): IDisposable {
    const watch = { request, receiver };
    this.watched.push(watch);
    return new DisposableDelegate(() => {
      this.watched.splice(this.watched.indexOf(watch), 1);
    });
  }
}
