import { makeAxis, makeFrame, makeRow } from '../testing';
import { plotData } from './data';
import { measurementText, rangeText, readBin } from './readout';

describe('readBin', () => {
  const frame = makeFrame(
    {
      x: makeAxis({ bins: 1, underflow: false }),
      panel: { kind: 'ratio', reference: '', rows: [] }
    },
    [
      makeRow('ttbar', 'layer', [10, 7], [3, 2]),
      makeRow('zjets', 'layer', [30, 0], [4, 0]),
      makeRow('data', 'data', [49, 0], [7, 0]),
      makeRow('', 'total', [40, 7], [5, 2])
    ],
    {
      edges: Float64Array.of(0, 1, Infinity),
      panel: [
        makeRow('', 'band', [1, 1], [0.1, 0.1]),
        makeRow('data', 'data', [1.2, 0], [0.2, 0])
      ]
    }
  );
  const data = plotData(frame, ['ttbar', 'zjets']);

  it('gives contents and errors in the order of the legend', () => {
    const { panel, range, rows } = readBin(data, 0);
    expect(range).toBe('0 – 1');
    expect(rows.map(({ name, upper, value }) => [name, value, upper])).toEqual([
      ['data', 49, 7],
      ['zjets', 30, 4],
      ['ttbar', 10, 3],
      ['', 40, 5]
    ]);
    expect(panel).toMatchObject([{ name: 'data', value: 1.2, lower: 0.2 }]);
  });

  it('gives flow bins', () => {
    const { range, rows } = readBin(data, 1);
    expect(range).toBe('≥ 1');
    expect(rows[2]).toMatchObject({ name: 'ttbar', value: 7, lower: 2 });
  });
});

describe('rangeText', () => {
  it('writes edges without dust', () => {
    expect(rangeText(0.1 + 0.2, 0.4)).toBe('0.3 – 0.4');
    expect(rangeText(-2.5, 0)).toBe('−2.5 – 0');
    expect(rangeText(-Infinity, 0)).toBe('< 0');
    expect(rangeText(200, Infinity)).toBe('≥ 200');
  });
});

describe('measurementText', () => {
  it.each([
    [1234.5678, 35.136, '1,235 ± 35'],
    [0.012345, 0.00123, '0.0123 ± 0.0012'],
    [3, 1.7320508, '3.0 ± 1.7'],
    [5, 0, '5'],
    [NaN, NaN, '–']
  ])('writes %d ± %d', (value, error, text) => {
    expect(measurementText(value, error)).toBe(text);
  });

  it('writes errors that differ as above and below', () => {
    expect(measurementText(3, 1.633, 2.918)).toBe('3.0 +2.9 −1.6');
    expect(measurementText(0, 0, 1.841)).toBe('0.0 +1.8 −0.0');
  });
});
