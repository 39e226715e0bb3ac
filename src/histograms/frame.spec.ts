/// <reference types="node" />
import { spawnSync } from 'node:child_process';
import { FrameError, decodeFrame, decodeProblem } from './frame';
import {
  encodeFrame,
  encodeRaw,
  makeAxis,
  makeFrame,
  makeRow
} from './testing';

const ROWS = [
  makeRow('ttbar', 'layer', [1, 2], [1, 1.5]),
  makeRow('Z → μμ', 'data', [10, 20], [3, 4])
];
const FRAME = makeFrame(
  {
    panel: {
      kind: 'ratio',
      reference: '',
      rows: [{ name: 'Z → μμ', role: 'data' }]
    },
    fractions: { ttbar: 0.5, 'Z → μμ': 1 }
  },
  ROWS,
  { panel: [makeRow('Z → μμ', 'data', [10, 10], [3, 2])] }
);
const { header: HEADER } = decodeFrame(encodeFrame(FRAME));

describe('decodeFrame', () => {
  it('reads the header and the arrays', () => {
    const frame = decodeFrame(encodeFrame(FRAME));
    expect(frame.header.fractions).toEqual({ ttbar: 0.5, 'Z → μμ': 1 });
    expect([...frame.edges]).toEqual([0, 1, 2]);
    expect(frame.rows).toEqual(ROWS);
    expect(frame.panel).toEqual(FRAME.panel);
    expect(frame.map).toBeNull();
  });

  it('reads a map', () => {
    const map = {
      edges: Float64Array.of(0, 1, 2, 3),
      values: Float64Array.of(1, 2, 3, 4, 5, 6),
      lower: Float64Array.of(1, 1, 1, 1, 1, 1),
      upper: Float64Array.of(2, 2, 2, 2, 2, 2)
    };
    const frame = makeFrame({ y: makeAxis({ name: 'pt', bins: 3 }) }, [], {
      edges: Float64Array.of(0, 1, 2),
      map
    });
    expect(decodeFrame(encodeFrame(frame)).map).toEqual(map);
  });

  it('reads numbers that are not finite', () => {
    const odd = makeFrame({}, [makeRow('', 'layer', [NaN, 1])], {
      edges: Float64Array.of(-Infinity, 0.5, Infinity)
    });
    const frame = decodeFrame(encodeFrame(odd));
    expect([...frame.edges]).toEqual([-Infinity, 0.5, Infinity]);
    expect(frame.rows[0].values[0]).toBeNaN();
  });

  it('reads a stack without categories', () => {
    const frame = makeFrame({}, [], { edges: Float64Array.of(0, 1, 2) });
    expect(decodeFrame(encodeFrame(frame)).rows).toEqual([]);
  });

  it('refuses bytes that are not a frame', () => {
    const length = new ArrayBuffer(8);
    new DataView(length).setUint32(0, 1000, true);
    const bad = new Uint8Array([4, 0, 0, 0, 0x7b, 0x7b, 0x7b, 0x7b]).buffer;
    expect(() => decodeFrame(new ArrayBuffer(2))).toThrow(/shorter than/);
    expect(() => decodeFrame(length)).toThrow(/shorter than its header/);
    expect(() => decodeFrame(bad)).toThrow(/not JSON/);
  });

  it.each([
    ['no watch', { ...HEADER, watch: undefined }, /name its watch/],
    ['no axis', { ...HEADER, x: undefined }, /incomplete/],
    [
      'bins that are no number',
      { ...HEADER, x: makeAxis({ bins: 0.5 }) },
      /inc/
    ],
    ['a list of fractions', { ...HEADER, fractions: [1] }, /incomplete/],
    ['rows of numbers', { ...HEADER, rows: [1, 2] }, /incomplete/],
    ['a panel without rows', { ...HEADER, panel: {} }, /incomplete/]
  ])('refuses a header with %s', (_, header, message) => {
    expect(() => decodeFrame(encodeRaw(header, []))).toThrow(message);
  });

  it('refuses arrays that are not those of the header', () => {
    const numbers = HEADER.arrays.flatMap(({ shape }) =>
      new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(1)
    );
    const read = (header: object, payload: number[]) => () =>
      decodeFrame(encodeRaw(header, payload));
    const wide = HEADER.arrays.map(array =>
      array.name === 'values' ? { ...array, shape: [2, 1] } : array
    );
    expect(read(HEADER, numbers.slice(1))).toThrow(/ends within/);
    expect(read(HEADER, [...numbers, 0])).toThrow(/8 bytes too many/);
    expect(
      read({ ...HEADER, arrays: HEADER.arrays.slice(1) }, numbers.slice(3))
    ).toThrow(/lacks its edges/);
    expect(read({ ...HEADER, arrays: wide }, numbers.slice(2))).toThrow(
      /2 values and not 4/
    );
  });

  it('refuses a payload out of line, and tells whose it is', () => {
    const bytes = new Uint8Array(encodeRaw(HEADER, []));
    const longer = new Uint8Array(bytes.length + 1).fill(32);
    longer.set(bytes);
    new DataView(longer.buffer).setUint32(0, longer.length - 4, true);
    let error: unknown;
    try {
      decodeFrame(longer.buffer);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(FrameError);
    expect((error as FrameError).watch).toBe('w1');
  });

  it('reads what the server writes', () => {
    const script = `
import sys
import hist
import numpy as np
from casa_lab.histograms.drawing import Source, draw
from casa_lab.histograms.frames import make_frame
from casa_lab.histograms.models import View, Watch
from casa_lab.histograms.snapshot import SnapshotIndex
h = hist.new.StrCat(["ttbar", "data"], name="dataset").Reg(2, 0, 2, name="x").Weight()
h.fill("ttbar", [0.5, 1.5, 1.5], weight=2)
h.fill("data", [0.5, 0.5, 9])
view = View(x="x", stack="dataset", panel="ratio", flow=True, integrate=(None, 1))
watch = Watch(watch="w", run="r", histogram="x", view=view)
index = SnapshotIndex(sequence=3, fractions={"ttbar": 0.5}, final=False, histograms=[], keys={})
sys.stdout.buffer.write(make_frame(watch, index, draw(Source("", h._to_uhi_()), view)))
`;
    // The interpreter that also writes the types of the API.
    const { error, status, stderr, stdout } = spawnSync(
      process.env.CASA_PYTHON ?? 'python',
      ['-c', script]
    );
    expect(error ?? stderr.toString()).toBe('');
    expect(status).toBe(0);
    const frame = decodeFrame(Uint8Array.from(stdout).buffer);
    expect(frame.header).toMatchObject({ watch: 'w', sequence: 3 });
    expect([...frame.edges]).toEqual([-Infinity, 0, 1, 2, Infinity]);
    expect(frame.rows.map(({ name, role }) => [name, role])).toEqual([
      ['ttbar', 'layer'],
      ['data', 'data'],
      ['', 'total']
    ]);
    expect([...frame.rows[0].values]).toEqual([0, 2, 4, 0]);
    expect(frame.rows[0].upper[2]).toBeCloseTo(Math.sqrt(8));
    expect([...frame.panel[1].values]).toEqual([NaN, 1, 0, Infinity]);
    expect(frame.header.integrals.map(({ value }) => value)).toEqual([2, 2, 2]);
  });
});

describe('decodeProblem', () => {
  it('reads a problem', () => {
    const problem = { type: 'problem', watch: 'w1', message: 'No such axis.' };
    expect(decodeProblem(JSON.stringify(problem))).toEqual(problem);
  });

  it('passes over messages of types that are still to come', () => {
    expect(decodeProblem('{"type":"greeting"}')).toBeNull();
  });

  it('refuses what is not a message', () => {
    expect(() => decodeProblem('no')).toThrow(/not JSON/);
    expect(() => decodeProblem('[]')).toThrow(/not an object/);
    expect(() => decodeProblem('{"type":"problem"}')).toThrow(/lacks/);
  });
});
