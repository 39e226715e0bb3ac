import { type IFrame, FrameError, decodeFrame } from '../histograms';
import type { Axis, FrameRow, Histogram, View } from '../services/models';
import {
  type Check,
  boolean,
  list,
  mapping,
  number,
  object,
  text
} from '../services/validate';

/** What an output of a run says. */
export interface IRunPayload {
  /** Id of the run. */
  readonly run: string;

  /** What it was called when the output was made. */
  readonly name: string;
}

/** What an output of a histogram holds. */
export interface IHistogramPayload {
  readonly histogram: Histogram;

  /** What is drawn; null where the histogram has a problem. */
  readonly frame: IFrame | null;
}

/** The version of histograms that is read here. */
const VERSION = 1;

/** Axes end here: sums and differences of two ends are numbers still. */
const LARGEST = 1e300;

/** Reads an output of a run; null when it is none, whoever wrote it. */
export function readRun(data: unknown): IRunPayload | null {
  return attempt(() => {
    const { name, run } = runPayload(data, 'run');
    // It becomes part of addresses, where such names lead elsewhere.
    if (run === '' || /[/\\]|^\.+$/.test(run)) {
      throw new TypeError(`${run} is no id of a run`);
    }
    return { run, name };
  });
}

/** Reads an output of a histogram; null when it is none, whoever wrote it. */
export function readHistogram(data: unknown): IHistogramPayload | null {
  return attempt(() => {
    const payload = histogramPayload(data, 'histogram');
    if (payload.version !== VERSION) {
      throw new TypeError(`version ${payload.version} is not known`);
    }
    const { histogram } = payload;
    const frame = payload.frame === null ? null : readFrame(payload.frame);
    if ((frame === null) !== (histogram.problem !== null)) {
      throw new TypeError('there is either a frame or a problem');
    }
    return { histogram, frame };
  });
}

/** Reads what cannot be trusted to be what it should be. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (
      error instanceof TypeError ||
      error instanceof FrameError ||
      // What is not base64.
      error instanceof DOMException
    ) {
      console.warn('Casa cannot read an output of a cell.', error);
      return null;
    }
    throw error;
  }
}

function readFrame(base64: string): IFrame {
  const bytes = Uint8Array.from(atob(base64), byte => byte.charCodeAt(0));
  const frame = decodeFrame(bytes.buffer);
  const { header, map } = frame;
  view(header.view, 'frame.view');
  list(row)(header.rows, 'frame.rows');
  if (header.panel) {
    list(row)(header.panel.rows, 'frame.panel.rows');
    oneOf('ratio', 'pull')(header.panel.kind, 'frame.panel.kind');
    text(header.panel.reference, 'frame.panel.reference');
  }
  checkAxis(header.x, frame.edges);
  if (header.y && map) {
    checkAxis(header.y, map.edges);
  }
  // What only a run has.
  return {
    ...frame,
    header: { ...header, scale: null, others: [], integrals: [] }
  };
}

/** Checks an axis, and that its ends can be drawn: only the outermost are infinite. */
function checkAxis(of: Axis, edges: Float64Array): void {
  axis(of, 'frame.axis');
  const last = edges.length - 1;
  const isDrawn = edges.every(
    (edge, index) =>
      (index === 0 || edge > edges[index - 1]) &&
      (Math.abs(edge) < LARGEST ||
        (index === 0 && edge === -Infinity) ||
        (index === last && edge === Infinity))
  );
  if (!isDrawn || (of.categories && of.categories.length > edges.length)) {
    throw new TypeError(`the bins of axis ${of.name} cannot be drawn`);
  }
}

function optional<T>(check: Check<T>): Check<T | null> {
  return (value, where) => (value === null ? null : check(value, where));
}

function oneOf<T extends string>(...values: readonly T[]): Check<T> {
  return (value, where) => {
    const found = values.find(each => each === value);
    if (found === undefined) {
      throw new TypeError(`${where} is none of ${values.join(', ')}`);
    }
    return found;
  };
}

const runPayload = object<IRunPayload>({ run: text, name: text });

const axis = object<Axis>({
  name: text,
  label: text,
  kind: text,
  bins: number,
  categories: optional(list<string>(text)),
  underflow: boolean,
  overflow: boolean,
  discrete: boolean,
  transform: optional<string>(text),
  nominal: optional<string>(text)
});

const histogramPayload = object<{
  version: number;
  histogram: Histogram;
  frame: string | null;
}>({
  version: number,
  histogram: object<Histogram>({
    path: text,
    label: text,
    axes: list(axis),
    storage: text,
    problem: optional<string>(text)
  }),
  frame: optional<string>(text)
});

const row = object<FrameRow>({
  name: text,
  role: oneOf('layer', 'line', 'points', 'data', 'total', 'band')
});

const selection: Check<View['select']> = (value, where) => {
  Object.entries(mapping<View['select']>(value, where)).forEach(
    ([name, each]) => text(each, `${where}.${name}`)
  );
  return value as View['select'];
};

const view = object<View>({
  x: text,
  y: optional<string>(text),
  profile: boolean,
  stack: optional<string>(text),
  style: oneOf('stack', 'steps', 'points'),
  select: selection,
  fraction: optional<string>(text),
  variations: optional<string>(text),
  rebin: number,
  rebin_y: number,
  flow: boolean,
  per: oneOf('bin', 'width', 'density'),
  cumulative: optional(oneOf('below', 'above')),
  panel: optional(oneOf('ratio', 'pull')),
  reference: optional<string>(text),
  runs: list<string>(text)
});
