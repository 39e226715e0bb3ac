import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { Axis, FrameHeader, Histogram } from '../services/models';
import type { IFrame } from './frame';
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

/** Makes the header of a frame that `rows` categories fill. */
export function makeHeader(fields: Partial<FrameHeader> = {}): FrameHeader {
  const x = fields.x ?? makeAxis();
  const stack = fields.stack ?? [''];
  const columns = x.bins + Number(x.underflow) + Number(x.overflow);
  const shape = [stack.length, columns];
  return {
    watch: 'w1',
    run: 'r1',
    histogram: 'mass',
    sequence: 1,
    x,
    stack,
    fractions: {},
    final: false,
    arrays: [
      { name: 'edges', shape: [x.bins + 1] },
      { name: 'values', shape },
      { name: 'variances', shape }
    ],
    ...fields
  };
}

/** Makes a frame with unit bins from zero on. */
export function makeFrame(
  header: Partial<FrameHeader>,
  values: number[][],
  variances: number[][] = values,
  edges?: number[]
): IFrame {
  const full = makeHeader(header);
  const units = Array.from({ length: full.x.bins + 1 }, (_, edge) => edge);
  return {
    header: full,
    edges: Float64Array.from(edges ?? units),
    values: values.map(row => Float64Array.from(row)),
    variances: variances.map(row => Float64Array.from(row))
  };
}

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
