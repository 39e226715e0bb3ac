import { makeAxis, makeCategories, makeFrame } from '../testing';
import { type IPlotData, plotData } from './bins';
import { type IFigureOptions, binAt, layoutFigure } from './figure';
import { clamped, verticalScale } from './scales';
import { type ITick, horizontalTicks, verticalTicks } from './ticks';

const OPTIONS: IFigureOptions = {
  width: 600,
  height: 400,
  log: false,
  compact: false,
  xLabel: 'Mass [GeV]',
  yLabel: 'Events',
  uncertaintyName: 'Stat. unc.',
  remark: () => null
};

function dataOf(
  frame: Parameters<typeof plotData>[0],
  flow = false
): IPlotData {
  return plotData(frame, {
    flow,
    order: [],
    points: false,
    measuredName: 'Data',
    otherName: 'other'
  });
}

/** Reads the numbers of a path back. */
function numbers(path: string): number[] {
  return (path.match(/-?[\d.]+/g) ?? []).map(Number);
}

const STACK = dataOf(
  makeFrame(
    { stack: ['ttbar', 'zjets'] },
    [
      [0, 10, 20, 0],
      [0, 30, 40, 0]
    ],
    [
      [0, 9, 4, 0],
      [0, 16, 5, 0]
    ]
  )
);

describe('layoutFigure', () => {
  const figure = layoutFigure(STACK, OPTIONS);
  const { height, width } = figure.frame;
  const y = verticalScale(STACK, false, height, headroomOf());

  /** The legend's height: two categories and the uncertainty, in one column. */
  function headroomOf(): number {
    return 3 * 13 * 1.5 + 2 * 8;
  }

  it('puts each layer on top of the one below', () => {
    const areas = figure.layers.map(({ area }) => numbers(area));
    const expected = (bottom: number[], top: number[]): number[] =>
      [
        ...[0, y(bottom[0]), y(top[0]), width / 2, y(top[1]), width],
        ...[y(bottom[1]), width / 2, y(bottom[0]), 0]
      ].map(value => Math.round(value * 100) / 100);
    expect(areas[0]).toEqual(expected([0, 0], [10, 20]));
    expect(areas[1]).toEqual(expected([10, 20], [40, 60]));
  });

  it('draws the uncertainty of the sum: roots of the summed variances', () => {
    // sqrt(9 + 16) = 5 around 40; sqrt(4 + 5) = 3 around 60.
    const band = numbers(figure.band);
    expect(band[1]).toBeCloseTo(y(35), 1);
    expect(band[2]).toBeCloseTo(y(45), 1);
    expect(band[4]).toBeCloseTo(y(63), 1);
    expect(band[6]).toBeCloseTo(y(57), 1);
  });

  it('keeps the highest bin with its error below the legend', () => {
    expect(y(63)).toBeGreaterThanOrEqual(headroomOf() - 0.01);
    expect(figure.legend.map(({ key }) => key)).toEqual(['zjets', 'ttbar', '']);
  });

  it('draws a lone histogram as a line with error bars', () => {
    const lone = dataOf(makeFrame({}, [[0, 16, 0, 0]]));
    const { bars, band, frame, legend, single } = layoutFigure(lone, OPTIONS);
    const scale = verticalScale(lone, false, frame.height, frame.height * 0.06);
    expect(single).toBe(true);
    expect(band).toBe('');
    expect(legend).toEqual([]);
    const [x, low, high] = numbers(bars);
    expect(x).toBeCloseTo(frame.width / 4, 1);
    expect(low).toBeCloseTo(scale(16 - 4), 1);
    expect(high).toBeCloseTo(scale(16 + 4), 1);
  });

  it('draws what was measured as points with error bars', () => {
    const { pointBars, points } = layoutFigure(
      dataOf(makeFrame({ stack: ['data'] }, [[0, 25, 0, 0]])),
      OPTIONS
    );
    expect(points.match(/M/g)).toHaveLength(1);
    expect(pointBars.match(/M/g)).toHaveLength(1);
  });

  it('remarks on categories in the legend', () => {
    const { legend } = layoutFigure(STACK, {
      ...OPTIONS,
      remark: category => (category === 'ttbar' ? '43%' : null)
    });
    expect(legend.map(({ label }) => label[0].text)).toEqual([
      'zjets',
      'ttbar (43%)',
      'Stat. unc.'
    ]);
  });

  it('slants names that are too long to stand side by side', () => {
    const names = (length: number): string[] =>
      [1, 2, 3, 4, 5, 6].map(index => `${index}${'m'.repeat(length)}`);
    const slanted = (length: number): boolean =>
      layoutFigure(
        dataOf(
          makeFrame({ x: makeCategories('cut', names(length)) }, [
            [6, 5, 4, 3, 2, 1]
          ])
        ),
        OPTIONS
      ).slanted;
    expect(slanted(3)).toBe(false);
    expect(slanted(15)).toBe(true);
  });

  it('leaves labels out of a thumbnail', () => {
    const compact = layoutFigure(STACK, { ...OPTIONS, compact: true });
    expect(compact.legend).toEqual([]);
    expect(compact.xLabel).toEqual([]);
  });

  it('makes no path with NaN, whatever the contents', () => {
    const nasty = dataOf(
      makeFrame({ stack: ['a', 'data'] }, [
        [0, NaN, Infinity, 0],
        [0, -5, NaN, 0]
      ])
    );
    for (const log of [false, true]) {
      const all = JSON.stringify(layoutFigure(nasty, { ...OPTIONS, log }));
      expect(all).not.toMatch(/NaN|Infinity|null,null/);
    }
  });
});

describe('binAt', () => {
  const figure = layoutFigure(STACK, OPTIONS);
  const { width } = figure.frame;

  it('finds the bin below a place', () => {
    expect(binAt(figure, 0)).toBe(0);
    expect(binAt(figure, width / 2 - 1)).toBe(0);
    expect(binAt(figure, width / 2)).toBe(1);
    expect(binAt(figure, width)).toBe(1);
  });

  it('finds none outside', () => {
    expect(binAt(figure, -1)).toBeNull();
    expect(binAt(figure, width + 1)).toBeNull();
    expect(binAt({ ...figure, edges: [] }, 0)).toBeNull();
  });
});

describe('verticalScale', () => {
  it('starts at zero, and lower for negative weights', () => {
    const scale = (values: number[]): number[] =>
      verticalScale(
        dataOf(makeFrame({}, [[0, ...values, 0]], [[0, 0, 0, 0]])),
        false,
        100,
        0
      ).domain();
    expect(scale([10, 20])).toEqual([0, 20]);
    expect(scale([-10, 20])).toEqual([-11.5, 20]);
    expect(scale([0, 0])).toEqual([0, 1]);
  });

  it('shows half the smallest content on a logarithmic axis', () => {
    const [low, high] = verticalScale(
      dataOf(makeFrame({}, [[0, 2, 1000, 0]], [[0, 0, 0, 0]])),
      true,
      100,
      50
    ).domain();
    expect(low).toBe(1);
    // The upper half is for the legend: as many decades again.
    expect(high).toBeCloseTo(1e6, 3);
  });

  it('keeps what is drawn within the frame', () => {
    const scale = verticalScale(STACK, true, 100, 0);
    const y = clamped(scale);
    expect(y(0)).toBe(100);
    expect(y(-3)).toBe(100);
    expect(y(NaN)).toBe(100);
    expect(y(Infinity)).toBeCloseTo(0);
  });
});

describe('ticks', () => {
  const written = (ticks: readonly ITick[]): string[] =>
    ticks.flatMap(({ label }) =>
      label ? [label.map(({ text }) => text).join('')] : []
    );

  it('writes powers of ten on a logarithmic axis', () => {
    const data = dataOf(makeFrame({}, [[0, 2, 30_000, 0]], [[0, 0, 0, 0]]));
    const ticks = verticalTicks(verticalScale(data, true, 300, 0), true, 300);
    expect(written(ticks)).toEqual(['1', '10', '100', '103', '104']);
    expect(ticks.length).toBeGreaterThan(30);
  });

  it('writes more than one number in less than two decades', () => {
    const data = dataOf(makeFrame({}, [[0, 30, 80, 0]], [[0, 0, 0, 0]]));
    const ticks = verticalTicks(verticalScale(data, true, 300, 0), true, 300);
    expect(written(ticks)).toEqual(['20', '50']);
  });

  it('writes large numbers with a prefix', () => {
    const data = dataOf(makeFrame({}, [[0, 2e6, 1e6, 0]], [[0, 0, 0, 0]]));
    const ticks = verticalTicks(verticalScale(data, false, 200, 0), false, 200);
    expect(written(ticks)).toContain('1.5M');
  });

  it('names flow bins and leaves room for their names', () => {
    const x = makeAxis({ bins: 4 });
    const data = dataOf(makeFrame({ x }, [[9, 1, 2, 3, 4, 9]]), true);
    const { frame, xTicks } = layoutFigure(data, OPTIONS);
    expect(frame.width).toBeGreaterThan(0);
    expect(written(xTicks)).toEqual([
      ...['0.5', '1.0', '1.5', '2.0', '2.5', '3.0', '3.5'],
      ...['<0', '≥4']
    ]);
  });

  it('marks the parts between the numbers', () => {
    const scale = layoutFigure(STACK, OPTIONS).xTicks;
    expect(scale.filter(({ label }) => label === null).length).toBeGreaterThan(
      0
    );
    const positions = scale.map(({ position }) => position);
    expect(Math.min(...positions)).toBe(0);
    expect(
      horizontalTicks({ ...STACK, bins: [] }, verticalScale(STACK, false, 1, 0))
    ).toEqual([]);
  });
});
