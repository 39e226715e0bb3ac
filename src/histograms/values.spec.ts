import { makeAxis, makeCategories, makeFrame, makeRow } from './testing';
import { valuesText } from './values';

describe('valuesText', () => {
  it('writes a line for each bin, with errors', () => {
    const frame = makeFrame({}, [
      makeRow('ttbar', 'layer', [1, 2], [0.5, 0.25]),
      makeRow('', 'total', [1, 2], [NaN, 0.25])
    ]);
    expect(valuesText(frame).split('\n')).toEqual([
      'mass low\tmass high\tttbar\tttbar error below\tttbar error above\ttotal\ttotal error below\ttotal error above',
      '0\t1\t1\t0.5\t0.5\t1\t\t',
      '1\t2\t2\t0.25\t0.25\t2\t0.25\t0.25'
    ]);
  });

  it('keeps names in their cells, and out of formulas', () => {
    const x = makeCategories('cut', ['=1+1', 'a\tb', '-5']);
    const frame = makeFrame({ x }, [
      makeRow('@n', 'layer', [1, -2, 3], [0, 0, 0])
    ]);
    const lines = valuesText(frame).split('\n');
    expect(lines[0]).toMatch(/^cut\t'@n\t/);
    expect(lines.slice(1).map(line => line.split('\t')[0])).toEqual([
      "'=1+1",
      'a b',
      '-5'
    ]);
    expect(lines[2].split('\t')[1]).toBe('-2');
  });

  it('writes a line for each cell of a map', () => {
    const y = makeAxis({ name: 'pt', label: 'pt' });
    const map = {
      edges: Float64Array.of(0, 5, 9),
      values: Float64Array.of(1, 2, 3, 4),
      lower: Float64Array.of(1, 1, 1, 1),
      upper: Float64Array.of(1, 1, 1, 1)
    };
    const frame = makeFrame({ x: makeAxis(), y }, [], { map });
    const lines = valuesText(frame).split('\n');
    expect(lines[0]).toBe(
      'mass low\tmass high\tpt low\tpt high\tvalue\terror below\terror above'
    );
    expect(lines[3]).toBe('1\t2\t0\t5\t3\t1\t1');
    expect(lines).toHaveLength(5);
  });
});
