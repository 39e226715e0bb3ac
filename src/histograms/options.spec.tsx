import * as React from 'react';
import { act } from 'react';
import { Simulate } from 'react-dom/test-utils';

import { Controls } from './controls';
import type { IFrame } from './frame';
import { PlotHarness, trans } from './harness';
import {
  makeAxis,
  makeCategories,
  makeFrame,
  makeHistogram,
  makeRow
} from './testing';

const RUNS = [
  { id: 'r1', name: 'this one' },
  { id: 'r2', name: 'another one' }
];

const ROWS = makeFrame({ x: makeAxis({ bins: 12 }) }, [
  makeRow('', 'layer', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
  makeRow('', 'total', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
]);

const CELLS = Float64Array.from({ length: 8 }, (_, cell) => cell);

const MAP = makeFrame({ y: makeAxis({ name: 'pt' }) }, [], {
  edges: Float64Array.from([0, 1, 2]),
  map: {
    edges: Float64Array.from([0, 10, 20, 30, 40]),
    values: CELLS,
    lower: CELLS,
    upper: CELLS
  }
});

let harness: PlotHarness;

afterEach(async () => {
  await harness.close();
});

/** Shows the controls of a histogram with all its options. */
async function open(
  histogram: Parameters<typeof makeHistogram>[0],
  frame: IFrame
): Promise<void> {
  harness = new PlotHarness(histogram);
  harness.model.onFrame(frame);
  await harness.show(
    frame,
    <Controls model={harness.model} runs={RUNS} trans={trans} />
  );
  await act(async () => {
    harness.find<HTMLButtonElement>('.casa-TextButton').click();
  });
}

/** The fields with a label. */
function fields(label: string): (HTMLInputElement | HTMLSelectElement)[] {
  return [...harness.host.querySelectorAll('label')]
    .filter(each => each.firstElementChild?.textContent === label)
    .map(each => each.querySelector('input, select')!);
}

/** Types into a field and leaves it. */
async function type(
  field: HTMLInputElement | HTMLSelectElement,
  value: string
): Promise<void> {
  await act(async () => {
    field.value = value;
    Simulate.change(field);
  });
  await act(async () => Simulate.blur(field));
}

function labels(): string[] {
  return [...harness.host.querySelectorAll('label')].map(
    each => each.querySelector('span')?.textContent ?? each.textContent ?? ''
  );
}

describe('Options', () => {
  it('shows the range of the axis, and takes another', async () => {
    await open({ axes: [makeAxis({ bins: 12 })] }, ROWS);
    const { model } = harness;
    const [from] = fields('From');
    const [to] = fields('to');
    expect([from.value, to.value]).toEqual(['0', '12']);
    await type(from, '2,5');
    expect(model.range).toEqual({ low: 2.5, high: 12 });
    await type(to, '6');
    expect(model.range).toEqual({ low: 2.5, high: 6 });
    await type(to, '1');
    expect(model.range).toEqual({ low: 2.5, high: 6 });
    expect(to.value).toBe('6');
    await type(from, 'nonsense');
    expect(from.value).toBe('2.5');
    await type(from, '');
    expect(model.range).toEqual({ low: 0, high: 6 });
    await type(to, '');
    expect(model.range).toEqual({ low: 0, high: 12 });
    expect([from.value, to.value]).toEqual(['0', '12']);
  });

  it('shows the ends of another axis as soon as it is drawn', async () => {
    const axes = [makeAxis({ bins: 12 }), makeAxis({ name: 'pt', bins: 4 })];
    await open({ axes }, ROWS);
    await harness.change(model => model.choose({ x: 'mass', y: null }));
    await harness.change(model => model.chooseX('pt'));
    await harness.change(model =>
      model.onFrame(
        makeFrame(
          { x: makeAxis({ name: 'pt', bins: 4 }) },
          [makeRow('', 'layer', [1, 2, 3, 4])],
          { edges: Float64Array.from([0, 10, 20, 30, 40]) }
        )
      )
    );
    expect(fields('to')[0].value).toBe('40');
  });

  it('merges bins by what divides their number, and gives up the integral', async () => {
    await open({ axes: [makeAxis({ bins: 12 })] }, ROWS);
    await harness.change(model => model.choose({ integrate: [0, 3] }));
    const [merge] = fields('Merge bins');
    const values = [...(merge as HTMLSelectElement).options].map(o => o.value);
    expect(values).toEqual(['1', '2', '3', '4', '6', '12']);
    await type(merge, '4');
    expect(harness.model.view).toMatchObject({ rebin: 4, integrate: null });
  });

  it('offers both axes of a map, and no comparison', async () => {
    const axes = [makeAxis(), makeAxis({ name: 'pt', bins: 4 })];
    await open({ axes }, MAP);
    const { model } = harness;
    expect(labels()).not.toContain('Panel');
    expect(labels()).not.toContain('Cumulative');
    await type(fields('Merge bins upwards')[0], '2');
    expect(model.view).toMatchObject({ rebin: 1, rebin_y: 2 });
    const [upwards] = fields('Upwards from');
    expect(upwards.value).toBe('0');
    await type(upwards, '10');
    expect(model.range).toBeNull();
    expect(model.rangeY).toEqual({ low: 10, high: 40 });
  });

  it('compares with other runs, of which this is none', async () => {
    await open({ axes: [makeAxis({ bins: 12 })] }, ROWS);
    const { model } = harness;
    const [add] = fields('Add run');
    expect(add.textContent).not.toContain('this one');
    await type(add, 'r2');
    expect(model.view).toMatchObject({ runs: ['r2'], panel: 'ratio' });
    expect(fields('Add run')).toHaveLength(0);
    await type(fields('Panel')[0], 'pull');
    expect(model.view?.panel).toBe('pull');
    const drawn = [...harness.host.querySelectorAll('label')].find(
      ({ textContent }) => textContent === 'another one'
    );
    await act(async () => drawn?.querySelector('input')?.click());
    expect(model.view?.runs).toEqual([]);
  });

  it('offers no more runs than the server draws', async () => {
    await open({ axes: [makeAxis({ bins: 12 })] }, ROWS);
    const many = Array.from({ length: 8 }, (_, index) => `other${index}`);
    await harness.change(model => model.choose({ runs: many.slice(1) }));
    expect(fields('Add run')).toHaveLength(1);
    await harness.change(model => model.choose({ runs: many }));
    expect(fields('Add run')).toHaveLength(0);
  });

  it('draws the efficiency of what is selected', async () => {
    const axes = [makeAxis({ bins: 12 }), makeCategories('cut', ['all', 'id'])];
    await open({ axes }, ROWS);
    expect(fields('Efficiency')).toHaveLength(0);
    await harness.change(model => model.choose({ stack: null }));
    await harness.change(model => model.chooseCategory('cut', 'id'));
    const [efficiency] = fields('Efficiency');
    expect(efficiency.textContent).toContain('cut: id');
    await type(efficiency, 'cut');
    expect(harness.model.view?.fraction).toBe('cut');
  });

  it('asks for the luminosity where it matters', async () => {
    await open({ axes: [makeAxis({ bins: 12 })] }, ROWS);
    const { model } = harness;
    expect(fields('Luminosity [/pb]')).toHaveLength(0);
    await type(fields('Scale to')[0], 'luminosity');
    expect(model.view).toMatchObject({ luminosity: 1000 });
    const [luminosity] = fields('Luminosity [/pb]');
    await type(luminosity, '59800');
    expect(model.view?.luminosity).toBe(59800);
    await type(luminosity, '-1');
    expect(model.view?.luminosity).toBe(1000);
  });
});
