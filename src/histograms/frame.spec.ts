/// <reference types="node" />
import { spawnSync } from 'node:child_process';
import { FrameError, decodeFrame, decodeProblem } from './frame';
import { makeAxis, makeHeader } from './testing';

/** Writes a frame byte by byte, as the models describe it. */
function encode(
  header: object,
  numbers: readonly number[],
  alignment = 8
): ArrayBuffer {
  let text = JSON.stringify(header);
  const bytes = (): number => Buffer.byteLength(text);
  while ((4 + bytes()) % alignment !== 0) {
    text += ' ';
  }
  const start = 4 + bytes();
  const buffer = new ArrayBuffer(start + 8 * numbers.length);
  const view = new DataView(buffer);
  view.setUint32(0, bytes(), true);
  Buffer.from(text).forEach((byte, index) => view.setUint8(4 + index, byte));
  numbers.forEach((value, index) =>
    view.setFloat64(start + 8 * index, value, true)
  );
  return buffer;
}

const HEADER = makeHeader({
  stack: ['ttbar', 'Z → μμ'],
  fractions: { ttbar: 0.5, 'Z → μμ': 1 }
});

// Edges, then values and variances of two categories of 2 + 2 bins.
const NUMBERS = [
  ...[0, 0.5, 1],
  ...[1, 2, 3, 4],
  ...[10, 20, 30, 40],
  ...[1, 4, 9, 16],
  ...[0.1, 0.2, 0.3, 0.4]
];

describe('decodeFrame', () => {
  it('reads the header and the arrays', () => {
    const frame = decodeFrame(encode(HEADER, NUMBERS));
    expect(frame.header).toEqual(HEADER);
    expect([...frame.edges]).toEqual([0, 0.5, 1]);
    expect(frame.values.map(row => [...row])).toEqual([
      [1, 2, 3, 4],
      [10, 20, 30, 40]
    ]);
    expect(frame.variances.map(row => [...row])).toEqual([
      [1, 4, 9, 16],
      [0.1, 0.2, 0.3, 0.4]
    ]);
  });

  it('reads numbers that are not finite', () => {
    const numbers = [...NUMBERS];
    numbers.splice(0, 4, -Infinity, 0.5, Infinity, NaN);
    const frame = decodeFrame(encode(HEADER, numbers));
    expect([...frame.edges]).toEqual([-Infinity, 0.5, Infinity]);
    expect(frame.values[0][0]).toBeNaN();
  });

  it('reads a stack without categories', () => {
    const header = makeHeader({ stack: [] });
    const frame = decodeFrame(encode(header, [0, 1, 2]));
    expect(frame.values).toEqual([]);
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
    ['a stack of numbers', { ...HEADER, stack: [1, 2] }, /incomplete/]
  ])('refuses a header with %s', (_, header, message) => {
    expect(() => decodeFrame(encode(header, NUMBERS))).toThrow(message);
  });

  it('refuses arrays that are not those of the header', () => {
    const fewer = NUMBERS.slice(0, -1);
    const more = [...NUMBERS, 0];
    const bins = { ...HEADER, x: makeAxis({ bins: 3 }) };
    const flow = { ...HEADER, x: makeAxis({ overflow: false }) };
    const lacking = { ...HEADER, arrays: HEADER.arrays.slice(0, 2) };
    expect(() => decodeFrame(encode(HEADER, fewer))).toThrow(/ends within/);
    expect(() => decodeFrame(encode(HEADER, more))).toThrow(/8 bytes too many/);
    expect(() => decodeFrame(encode(bins, NUMBERS))).toThrow(/3 edges for 3/);
    expect(() => decodeFrame(encode(flow, NUMBERS))).toThrow(/2 categories/);
    expect(() => decodeFrame(encode(lacking, NUMBERS.slice(0, 11)))).toThrow(
      /lacks/
    );
  });

  it('refuses a payload out of line, and tells whose it is', () => {
    // One more space than it takes.
    const text = JSON.stringify(HEADER);
    const spaces = 8 - ((4 + Buffer.byteLength(text)) % 8) + 1;
    const buffer = encode({ ...HEADER, run: `r1${' '.repeat(spaces)}` }, [], 1);
    let error: unknown;
    try {
      decodeFrame(buffer);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(FrameError);
    expect((error as FrameError).watch).toBe('w1');
  });

  it('reads what the server writes', () => {
    const script = `
import sys
import numpy as np
from casa_lab.histograms.frames import encode
from casa_lab.histograms.models import FrameHeader
header = FrameHeader.model_validate_json(sys.argv[1])
arrays = [np.array([0, 0.5, 1]), np.arange(8.0).reshape(2, 4), np.arange(8.0).reshape(2, 4) ** 2]
sys.stdout.buffer.write(encode(header, arrays))
`;
    // The interpreter that also writes the types of the API.
    const { error, status, stderr, stdout } = spawnSync(
      process.env.CASA_PYTHON ?? 'python',
      ['-c', script, JSON.stringify(HEADER)]
    );
    expect(error ?? stderr.toString()).toBe('');
    expect(status).toBe(0);
    const frame = decodeFrame(Uint8Array.from(stdout).buffer);
    expect(frame.header).toEqual(HEADER);
    expect([...frame.edges]).toEqual([0, 0.5, 1]);
    expect([...frame.values[1]]).toEqual([4, 5, 6, 7]);
    expect([...frame.variances[1]]).toEqual([16, 25, 36, 49]);
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
