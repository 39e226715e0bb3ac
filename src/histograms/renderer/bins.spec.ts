import { makeAxis, makeCategories, makeFrame } from '../testing';
import { errorOf, isMeasured, plotData } from './bins';
import { palette } from './palette';

const OPTIONS = {
  flow: false,
  order: [],
  points: false,
  measuredName: 'Data',
  otherName: 'other'
};

describe('plotData', () => {
  const frame = makeFrame(
    { stack: ['ttbar', 'zjets'] },
    [
      [5, 1, 2, 6],
      [7, 3, 4, 8]
    ],
    [
      [0, 1, 4, 0],
      [0, 9, 16, 0]
    ]
  );

  it('leaves flow bins out', () => {
    const { bins, layers, positions } = plotData(frame, OPTIONS);
    expect(positions).toEqual([0, 1, 2]);
    expect(bins.map(({ low, high }) => [low, high])).toEqual([
      [0, 1],
      [1, 2]
    ]);
    expect(layers.map(({ values }) => values)).toEqual([
      [1, 2],
      [3, 4]
    ]);
  });

  it('adds contents and variances, not errors', () => {
    const { total } = plotData(frame, OPTIONS);
    expect(total?.values).toEqual([4, 6]);
    expect(total?.variances).toEqual([10, 20]);
  });

  it('shows flow bins at the ends', () => {
    const { bins, layers, positions } = plotData(frame, {
      ...OPTIONS,
      flow: true
    });
    expect(layers[0].values).toEqual([5, 1, 2, 6]);
    expect(bins[0]).toEqual({ low: -Infinity, high: 0, category: null });
    expect(bins[3]).toEqual({ low: 2, high: Infinity, category: null });
    expect(positions).toEqual([-0.08, 0, 1, 2, 2.08]);
  });

  it('counts bins that reach to infinity as flow', () => {
    const x = makeAxis({ kind: 'variable', bins: 3 });
    const open = makeFrame({ x }, [[1, 2, 3, 4, 5]], undefined, [
      -Infinity,
      0,
      1,
      Infinity
    ]);
    expect(plotData(open, OPTIONS).layers[0].values).toEqual([3]);
    const { layers, positions } = plotData(open, { ...OPTIONS, flow: true });
    expect(layers[0].values).toEqual([1 + 2, 3, 4 + 5]);
    expect(positions).toEqual([-0.04, 0, 1, 1.04]);
  });

  it('keeps the order and the colours when a category turns up', () => {
    const order = ['wjets', 'ttbar', 'zjets'];
    const before = plotData(frame, { ...OPTIONS, order });
    const after = plotData(
      makeFrame({ stack: ['ttbar', 'zjets', 'wjets'] }, [
        [0, 1, 2, 0],
        [0, 3, 4, 0],
        [0, 5, 6, 0]
      ]),
      { ...OPTIONS, order }
    );
    expect(before.layers.map(({ name }) => name)).toEqual(['ttbar', 'zjets']);
    expect(after.layers.map(({ name }) => name)).toEqual(order);
    expect(after.layers.slice(1).map(({ color }) => color)).toEqual(
      before.layers.map(({ color }) => color)
    );
  });

  it('takes what was measured out of the stack', () => {
    const { layers, measured, total } = plotData(
      makeFrame({ stack: ['data_2017', 'ttbar', 'data_2018'] }, [
        [0, 1, 2, 0],
        [0, 3, 4, 0],
        [0, 5, 6, 0]
      ]),
      OPTIONS
    );
    expect(layers.map(({ name }) => name)).toEqual(['ttbar']);
    expect(total?.values).toEqual([3, 4]);
    expect(measured).toEqual({
      name: 'Data',
      values: [6, 8],
      variances: [6, 8]
    });
  });

  it('draws means as points', () => {
    const { layers, measured } = plotData(makeFrame({}, [[0, NaN, 2, 0]]), {
      ...OPTIONS,
      points: true
    });
    expect(layers).toEqual([]);
    expect(measured?.values).toEqual([NaN, 2]);
  });

  it('names the bins of an axis of categories', () => {
    const x = { ...makeCategories('cut', ['all', 'trigger']), overflow: true };
    const cutflow = makeFrame({ x }, [[10, 5, 1]]);
    const names = (flow: boolean): (string | null)[] =>
      plotData(cutflow, { ...OPTIONS, flow }).bins.map(bin => bin.category);
    expect(names(false)).toEqual(['all', 'trigger']);
    expect(names(true)).toEqual(['all', 'trigger', 'other']);
    const { positions } = plotData(cutflow, { ...OPTIONS, flow: true });
    expect(positions).toEqual([0, 1, 2, 3]);
  });

  it('names the bins of a short axis of integers', () => {
    const x = makeAxis({ kind: 'integer', bins: 2 });
    const { bins, positions } = plotData(makeFrame({ x }, [[9, 1, 2, 8]]), {
      ...OPTIONS,
      flow: true
    });
    expect(bins.map(bin => bin.category)).toEqual(['<0', '0', '1', '≥2']);
    expect(positions).toEqual([-1, 0, 1, 2, 3]);
  });

  it('has nothing to draw of an axis without categories', () => {
    const empty = makeFrame({ x: makeCategories('cut', []) }, [[]]);
    expect(plotData(empty, { ...OPTIONS, flow: true }).positions).toEqual([]);
  });
});

describe('isMeasured', () => {
  it.each(['data', 'Data', 'data_2018', 'pseudo-data', 'pseudodata', 'data 1'])(
    'knows %s',
    name => expect(isMeasured(name)).toBe(true)
  );

  it.each(['SingleMuon_Run2018A', 'single_muon_data', 'toy_data'])(
    'knows %s',
    name => expect(isMeasured(name)).toBe(true)
  );

  it.each(['ttbar', 'database', 'updated', 'DYJetsToLL', 'nodata_x', ''])(
    'takes %s for simulation',
    name => expect(isMeasured(name)).toBe(false)
  );
});

describe('errorOf', () => {
  it('is the root of the variance', () => {
    expect(errorOf(6.25)).toBe(2.5);
    expect(errorOf(-1e-18)).toBe(0);
  });
});

describe('palette', () => {
  it('takes the shortest sequence with enough colours', () => {
    expect(palette(1)).toEqual(['#5790fc']);
    expect(palette(6)[5]).toBe('#7a21dd');
    expect(palette(7)[0]).toBe('#1845fb');
    expect(palette(9)[0]).toBe('#3f90da');
    expect(new Set(palette(10)).size).toBe(10);
    expect(palette(12)[10]).toBe(palette(12)[0]);
  });
});
