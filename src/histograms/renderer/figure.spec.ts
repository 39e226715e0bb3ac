import { makeAxis, makeCategories, makeFrame, makeRow } from '../testing';
import { type IPlotData, plotData } from './data';
import { type IFigureOptions, type IMark, type IPad, binAt } from './figure';
import { textWidth } from './label';
import { layoutFigure } from './layoutfigure';
import { palette } from './palette';
import { FIGURE_OPTIONS } from './testing';
import type { ITick } from './ticks';

const STACK = plotData(
  makeFrame({}, [
    makeRow('ttbar', 'layer', [10, 20]),
    makeRow('zjets', 'layer', [30, 40]),
    makeRow('', 'total', [40, 60], [5, 3])
  ]),
  ['ttbar', 'zjets', 'qcd']
);

/** Lays out with the usual options, but for some. */
function layout(data: IPlotData, options: Partial<IFigureOptions> = {}) {
  return layoutFigure(data, { ...FIGURE_OPTIONS, ...options });
}

/** Lays out one histogram. */
function single(values: number[], options: Partial<IFigureOptions> = {}) {
  const rows = [makeRow('', 'layer', values), makeRow('', 'total', values)];
  return layout(plotData(makeFrame({}, rows), []), options);
}

function mark(pad: IPad, key: string): IMark | undefined {
  return pad.marks.find(mark => mark.key === key);
}

/** The vertical places in a path, in order. */
function heights(path = ''): number[] {
  return [...path.matchAll(/(?:M[^,]+,|V)(-?[\d.]+)/g)].map(([, y]) =>
    Number(y)
  );
}

function written(ticks: readonly ITick[]): string[] {
  return ticks.flatMap(({ label }) =>
    label ? [label.map(({ text }) => text).join('')] : []
  );
}

describe('plotData', () => {
  it('keeps colours when a category is still to come', () => {
    const colours = palette(3);
    expect(STACK.layers.map(({ color }) => color)).toEqual(colours.slice(0, 2));
  });

  it('draws data on top, in no colour', () => {
    const rows = [
      makeRow('Data', 'data', [1, 2]),
      makeRow('a', 'line', [1, 2]),
      makeRow('b', 'line', [1, 2])
    ];
    const { curves } = plotData(makeFrame({}, rows), ['b', 'Data', 'a']);
    expect(curves.map(({ color, name }) => [name, color])).toEqual([
      ['b', palette(2)[0]],
      ['a', palette(2)[1]],
      ['Data', null]
    ]);
  });

  it('names bins of categories and of few integers', () => {
    const names = (axis: ReturnType<typeof makeAxis>): (string | null)[] =>
      plotData(
        makeFrame({ x: axis }, [makeRow('', 'layer', [1, 2])]),
        []
      ).bins.map(({ category }) => category);
    expect(names(makeCategories('cut', ['a', '<b>']))).toEqual(['a', '<b>']);
    expect(names(makeAxis({ kind: 'integer' }))).toEqual(['0', '1']);
    expect(names(makeAxis({ kind: 'integer', bins: 30 }))).toEqual([
      null,
      null
    ]);
  });
});

describe('layoutFigure', () => {
  const { main, legend } = layout(STACK);

  it('puts each layer on top of the one below', () => {
    const [bottom, ...tops] = heights(mark(main, 'layer/zjets')?.path);
    const unit = (main.frame.height - tops[1]) / 60;
    expect(bottom).toBeCloseTo(main.frame.height - 10 * unit, 1);
    expect(tops[0]).toBeCloseTo(main.frame.height - 40 * unit, 1);
  });

  it('draws the uncertainty of the total as a band', () => {
    const [low, high] = heights(mark(main, 'band')?.path);
    const [, total] = heights(mark(main, 'outline')?.path);
    expect((low + high) / 2).toBeCloseTo(total, 1);
    expect((low - high) / 2).toBeCloseTo(
      ((main.frame.height - total) / 40) * 5,
      1
    );
  });

  it('keeps the highest bin with its error below the legend', () => {
    expect(legend.map(({ key }) => key)).toEqual(['zjets', 'ttbar', '']);
    const top = Math.min(...heights(mark(main, 'band')?.path));
    expect(top).toBeGreaterThanOrEqual(3 * 13 * 1.5 + 2 * 8 - 0.5);
  });

  it('draws a lone histogram as a line with error bars', () => {
    const figure = single([16, 0]);
    expect(figure.legend).toEqual([]);
    expect(figure.main.marks.map(({ kind }) => kind)).toEqual([
      'single',
      'line',
      'bars'
    ]);
    const [low, high] = heights(mark(figure.main, 'bars')?.path);
    const [base, top] = heights(mark(figure.main, 'outline')?.path);
    expect((base - low) / (base - top)).toBeCloseTo(12 / 16, 2);
    expect((base - high) / (base - top)).toBeCloseTo(20 / 16, 2);
  });

  it('draws data as points with error bars, also where there are none', () => {
    const data = makeRow('Data', 'data', [25, 0], [5, 0]);
    data.upper[1] = 1.84;
    const pad = layout(plotData(makeFrame({}, [data]), [])).main;
    expect(mark(pad, 'data/Data/bars')?.path.match(/M/g)).toHaveLength(2);
    // The upper limit on nothing is a bar, but nothing is no point.
    expect(mark(pad, 'data/Data')?.path.match(/M/g)).toHaveLength(1);
  });

  it('draws means from where they are and not from zero', () => {
    const rows = [makeRow('', 'points', [90, 92], [1, 1])];
    const pad = layout(plotData(makeFrame({}, rows), []), {
      isMean: true
    }).main;
    expect(written(pad.yTicks)).not.toContain('0');
    expect(written(pad.yTicks)).toContain('91');
  });

  it('remarks on categories in the legend', () => {
    const remarked = layout(STACK, {
      remark: category => (category === 'ttbar' ? '43%' : null)
    });
    expect(
      remarked.legend.map(({ label }) => label.map(run => run.text).join(''))
    ).toEqual(['zjets', 'ttbar (43%)', 'Stat. unc.']);
  });

  it('slants names that are too long to stand side by side', () => {
    const slanted = (length: number): boolean => {
      const names = [1, 2, 3, 4, 5, 6].map(i => `${i}${'m'.repeat(length)}`);
      const x = makeCategories('cut', names);
      const rows = [makeRow('', 'layer', [6, 5, 4, 3, 2, 1])];
      return layout(plotData(makeFrame({ x }, rows), [])).main.slanted;
    };
    expect(slanted(3)).toBe(false);
    expect(slanted(15)).toBe(true);
  });

  it('leaves labels and the panel out of a thumbnail', () => {
    const compact = layout(COMPARED, { compact: true });
    expect(compact.legend).toEqual([]);
    expect(compact.main.xLabel).toEqual([]);
    expect(compact.panel).toBeNull();
  });

  it('makes no path with NaN, whatever the contents', () => {
    const odd = [NaN, Infinity, -5, 0];
    const rows = [
      makeRow('a', 'layer', odd, odd),
      makeRow('b', 'line', odd, odd),
      makeRow('c', 'data', odd, odd),
      makeRow('', 'total', odd, odd)
    ];
    const header = {
      panel: { kind: 'ratio' as const, reference: '', rows: [] }
    };
    const nasty = plotData(makeFrame(header, rows, { panel: rows }), []);
    for (const log of [false, true]) {
      const { main, panel } = layout(nasty, { log, logX: log });
      const all = JSON.stringify([main, panel]);
      expect(all).not.toMatch(/NaN|Infinity|null,null/);
    }
  });
});

const COMPARED = plotData(
  makeFrame(
    { panel: { kind: 'ratio', reference: '', rows: [] } },
    [
      makeRow('Data', 'data', [50, 90]),
      makeRow('a', 'layer', [40, 60]),
      makeRow('', 'total', [40, 60])
    ],
    {
      panel: [
        makeRow('', 'band', [1, 1], [0.1, 0.1]),
        makeRow('Data', 'data', [1.25, 3], [0.2, 0.2])
      ]
    }
  ),
  []
);

describe('panel', () => {
  const { main, panel } = layout(COMPARED);

  it('stands below, with the axis of both', () => {
    expect(panel?.frame.top).toBeGreaterThan(
      main.frame.top + main.frame.height
    );
    expect(panel?.frame.width).toBe(main.frame.width);
    expect(main.xLabel).toEqual([]);
    expect(written(main.xTicks)).toEqual([]);
    expect(panel?.xLabel.length).toBeGreaterThan(0);
  });

  it('has one in the middle, and points at what is beyond', () => {
    const middle = (panel?.frame.height ?? 0) / 2;
    expect(panel && heights(mark(panel, 'guide')?.path)[0]).toBeCloseTo(middle);
    const points = panel && mark(panel, 'Data')?.path;
    expect(points).toMatch(/l-4,7h8Z$/);
  });
});

describe('axes', () => {
  it('show a part of the bins, and fit their height to these', () => {
    const whole = single([1, 2, 100, 3]);
    const part = single([1, 2, 100, 3], { range: { low: 0, high: 2 } });
    expect(part.edges[2]).toBeCloseTo(part.main.frame.width);
    expect(Math.max(...written(part.main.yTicks).map(Number))).toBeLessThan(4);
    expect(whole.valueAt(whole.main.frame.width)).toBeCloseTo(4);
    expect(part.valueAt(part.main.frame.width / 2)).toBeCloseTo(1);
  });

  it('are logarithmic from the first bin above zero', () => {
    const { edges, main } = single([1, 2, 3, 4], { logX: true });
    expect(edges[1]).toBeCloseTo(0);
    expect(edges[2] / main.frame.width).toBeCloseTo(0.5);
    expect(edges[0]).toBeLessThan(-100);
  });

  it('are never the wrong way round, whatever is shown', () => {
    const options = { logX: true, range: { low: 0, high: 0.5 } };
    const first = single([1, 2, 3, 4], options);
    expect(first.valueAt(0)).toBeCloseTo(0.05);
    expect(first.valueAt(first.main.frame.width)).toBeCloseTo(0.5);
    const frame = makeFrame({}, [makeRow('', 'layer', [1, 2, 3, 4])], {
      edges: Float64Array.of(-2, -1, 0, 1, 2)
    });
    const below = layout(plotData(frame, []), {
      logX: true,
      range: { low: -2, high: 0 }
    });
    expect(below.valueAt(0)).toBeCloseTo(-2);
    expect(JSON.stringify(below.main)).not.toMatch(/NaN|null,null/);
  });

  it('name flow bins and leave room for their names', () => {
    const frame = makeFrame(
      { x: makeAxis({ bins: 4 }) },
      [makeRow('', 'layer', [9, 1, 2, 3, 4, 9])],
      { edges: Float64Array.of(-Infinity, 0, 1, 2, 3, 4, Infinity) }
    );
    const { edges, main } = layout(plotData(frame, []));
    expect(written(main.xTicks)).toEqual([
      ...['0.5', '1.0', '1.5', '2.0', '2.5', '3.0', '3.5'],
      ...['<0', '≥4']
    ]);
    expect([edges[0], edges[6]]).toEqual([0, main.frame.width]);
    expect(main.separators).toEqual([edges[1], edges[5]]);
  });

  it('write powers of ten on a logarithmic axis', () => {
    const ticks = written(single([2, 30_000], { log: true }).main.yTicks);
    expect(ticks).toEqual(expect.arrayContaining(['1', '10', '103', '104']));
  });

  it('write more than one number in less than two decades', () => {
    const ticks = written(single([30, 80], { log: true }).main.yTicks);
    expect(ticks).toEqual(expect.arrayContaining(['20', '50']));
  });

  it.each<[number, number, string[], width?: number]>([
    [60, 120, ['60', '70', '80', '90', '100']],
    [60, 120, ['60', '80', '100'], 200],
    [80, 100, ['80', '90', '100']],
    [20, 300, ['20', '50', '100', '200']],
    [152, 168, ['152', '154', '156', '158', '160', '162', '164', '166', '168']],
    [1, 1000, ['1', '10', '100', '103']]
  ])(
    'always write numbers between %d and %d',
    (low, high, numbers, width = 600) => {
      const frame = makeFrame({}, [makeRow('', 'layer', [1, 2])], {
        edges: Float64Array.of(low, (low + high) / 2, high)
      });
      const { main } = layout(plotData(frame, []), { logX: true, width });
      expect(written(main.xTicks)).toEqual(numbers);
      const places = main.xTicks.flatMap(({ label, position }) =>
        label ? [position] : []
      );
      const steps = places
        .slice(1)
        .map((place, index) => place - places[index]);
      expect(Math.min(...steps)).toBeGreaterThan(30);
    }
  );

  it.each([70, 90, 130, 240, 600])(
    'never write numbers into each other, %d pixels wide',
    width => {
      const frame = makeFrame({}, [makeRow('', 'layer', [1, 2])], {
        edges: Float64Array.of(0, 100, 240)
      });
      const { fontSize, main } = layout(plotData(frame, []), {
        width,
        height: 110,
        compact: true
      });
      const ends = main.xTicks.flatMap(({ label, position }) => {
        const half = label ? textWidth(label, fontSize) / 2 : 0;
        return label ? [[position - half, position + half]] : [];
      });
      expect(ends.length).toBeGreaterThan(1);
      ends.slice(1).forEach(([begin], index) => {
        expect(begin).toBeGreaterThan(ends[index][1]);
      });
    }
  );

  it('write large numbers with a prefix', () => {
    expect(written(single([2e6, 1e6]).main.yTicks)).toContain('1.5M');
  });

  it('start at zero, and lower for negative weights', () => {
    expect(written(single([10, 20]).main.yTicks)[0]).toBe('0');
    expect(written(single([-10, 20]).main.yTicks)[0]).toBe('−10');
  });
});

describe('binAt', () => {
  it('finds the bin at a place, in either direction', () => {
    expect([0, 9, 10, 30].map(place => binAt([0, 10, 30], place))).toEqual([
      0, 0, 1, 1
    ]);
    expect([29, 10, 5].map(place => binAt([30, 10, 0], place))).toEqual([
      0, 1, 1
    ]);
  });

  it('finds none outside', () => {
    expect(binAt([0, 10], -1)).toBeNull();
    expect(binAt([0, 10], 11)).toBeNull();
    expect(binAt([], 0)).toBeNull();
  });
});
