import {
  encodeFrame,
  encodeRaw,
  makeAxis,
  makeFrame,
  makeHeader,
  makeHistogram,
  makeRow
} from '../histograms/testing';
import type { IFrame } from '../histograms';
import { readHistogram, readRun } from './payload';

function base64(buffer: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)));
}

const frame = makeFrame({}, [makeRow('', 'layer', [3, 5])]);

function payload(fields: object = {}): Record<string, unknown> {
  return {
    version: 1,
    histogram: makeHistogram(),
    frame: base64(encodeFrame(frame)),
    ...fields
  };
}

function encoded(change: Partial<IFrame>): Record<string, unknown> {
  return payload({ frame: base64(encodeFrame({ ...frame, ...change })) });
}

/** What other programs, or people, may have put into a notebook. */
const HOSTILE: unknown[] = [
  undefined,
  null,
  0,
  'text',
  [],
  {},
  { version: 1 },
  { __proto__: null }
];

beforeEach(() => {
  jest.spyOn(console, 'warn').mockImplementation();
});

afterEach(() => {
  jest.restoreAllMocks();
});

describe('readRun', () => {
  it('reads what the notebook API writes', () => {
    expect(readRun({ run: '20261123-a', name: 'Dimuon' })).toEqual({
      run: '20261123-a',
      name: 'Dimuon'
    });
  });

  it.each([
    ...HOSTILE,
    { run: 'r1' },
    { run: 1, name: '' },
    { run: '', name: '' },
    { run: '..', name: '' },
    { run: '../../api/contents', name: '' },
    { run: 'a\\b', name: '' }
  ])('refuses %j', data => {
    expect(readRun(data)).toBeNull();
  });
});

describe('readHistogram', () => {
  it('reads what the notebook API writes', () => {
    const read = readHistogram(payload());
    expect(read?.histogram.path).toBe('mass');
    expect([...(read?.frame?.rows[0].values ?? [])]).toEqual([3, 5]);
  });

  it('reads why there is nothing to draw', () => {
    const histogram = makeHistogram({ axes: [], problem: 'It has no axis.' });
    expect(readHistogram(payload({ histogram, frame: null }))).toEqual({
      histogram,
      frame: null
    });
  });

  it('leaves out what only a run has', () => {
    const scale = { luminosity: 1, factors: {}, weighted: true };
    const header = { ...frame.header, scale, others: [] };
    expect(readHistogram(encoded({ header }))?.frame?.header.scale).toBeNull();
  });

  it('takes bins that end at infinity', () => {
    const edges = Float64Array.from([-Infinity, 1, Infinity]);
    expect(readHistogram(encoded({ edges }))).not.toBeNull();
  });

  it.each([
    ...HOSTILE,
    payload({ version: 2 }),
    payload({ frame: null }),
    payload({ frame: 'no base64!' }),
    payload({ frame: '' }),
    payload({ frame: base64(new ArrayBuffer(64)) }),
    payload({ frame: base64(encodeRaw({ ...makeHeader(), view: {} }, [])) }),
    payload({ histogram: makeHistogram({ problem: 'It has no axis.' }) }),
    payload({ histogram: { ...makeHistogram(), axes: [{}] } }),
    payload({ histogram: { ...makeHistogram(), label: { toString: 1 } } })
  ])('refuses %j', data => {
    expect(readHistogram(data)).toBeNull();
  });

  it.each([
    [NaN, 1, 2],
    [0, 0, 1],
    [1, 0, 2],
    [0, Infinity, Infinity],
    [0, 1, 1e308]
  ])('refuses bins that end at %d, %d and %d', (...ends) => {
    expect(
      readHistogram(encoded({ edges: Float64Array.from(ends) }))
    ).toBeNull();
  });

  it.each<Partial<IFrame['header']>>([
    { view: { ...frame.header.view, select: { a: 1 } as never } },
    { view: { ...frame.header.view, fraction: 3 as never } },
    { view: { ...frame.header.view, runs: null as never } },
    { x: makeAxis({ transform: {} as never }) },
    { rows: [{ name: '', role: 'script' as never }] }
  ])('refuses a frame with %j', header => {
    expect(
      readHistogram(encoded({ header: { ...frame.header, ...header } }))
    ).toBeNull();
  });
});
