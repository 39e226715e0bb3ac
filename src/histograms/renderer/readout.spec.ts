import { makeFrame } from '../testing';
import { plotData } from './bins';
import { measurementText, rangeText, readBin } from './readout';

describe('readBin', () => {
  const data = plotData(
    makeFrame(
      { stack: ['ttbar', 'zjets', 'data'] },
      [
        [0, 10, 1, 7],
        [0, 30, 1, 0],
        [0, 49, 1, 0]
      ],
      [
        [0, 9, 1, 4],
        [0, 16, 1, 0],
        [0, 49, 1, 0]
      ]
    ),
    {
      flow: true,
      order: [],
      points: false,
      measuredName: 'Data',
      otherName: 'other'
    }
  );

  it('gives contents and errors in the order of the legend', () => {
    const { range, rows } = readBin(data, 1);
    expect(range).toBe('0 – 1');
    expect(rows.map(({ error, name, value }) => [name, value, error])).toEqual([
      ['data', 49, 7],
      ['zjets', 30, 4],
      ['ttbar', 10, 3],
      ['', 40, 5]
    ]);
  });

  it('gives flow bins', () => {
    const { range, rows } = readBin(data, 3);
    expect(range).toBe('≥ 2');
    expect(rows[2]).toMatchObject({ name: 'ttbar', value: 7, error: 2 });
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
    [NaN, NaN, 'NaN']
  ])('writes %d ± %d', (value, error, text) => {
    expect(measurementText(value, error)).toBe(text);
  });
});
