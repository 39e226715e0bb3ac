import type { View } from '../services/models';
import {
  consistent,
  defaultView,
  drawableAxes,
  plainView,
  quantityOf,
  rebinFactors,
  selectableAxes,
  stackableAxes,
  unitOf
} from './choices';
import { makeAxis, makeCategories, makeHistogram } from './testing';

const DATASET = makeCategories('dataset', ['ttbar', 'zjets']);
const VARIATION = makeCategories('variation', ['up', 'nominal', 'down']);
const REGION = makeCategories('region', ['sr', 'cr']);
const MASS = makeAxis({ name: 'mass' });
const PT = makeAxis({ name: 'pt' });

describe('defaultView', () => {
  it('stacks datasets, keeps the nominal variation, sums the rest', () => {
    const histogram = makeHistogram({
      axes: [DATASET, REGION, VARIATION, MASS]
    });
    expect(defaultView(histogram, [])).toMatchObject({
      x: 'mass',
      y: null,
      stack: 'dataset',
      select: { variation: 'nominal' }
    });
  });

  it('draws the band of variations, and data over simulation', () => {
    const datasets = makeCategories('dataset', ['ttbar', 'Data']);
    const varied = makeCategories('variation', ['nominal', 'jesUp', 'jesDown']);
    const histogram = makeHistogram({
      axes: [datasets, { ...varied, nominal: 'nominal' }, MASS]
    });
    expect(defaultView(histogram, [])).toMatchObject({
      variations: 'variation',
      panel: 'ratio'
    });
    expect(
      defaultView(makeHistogram({ axes: [DATASET, MASS] }), [])
    ).toMatchObject({
      variations: null,
      panel: null
    });
  });

  it('draws a map of two axes of numbers', () => {
    const histogram = makeHistogram({ axes: [DATASET, MASS, PT] });
    expect(defaultView(histogram, [])).toMatchObject({
      x: 'mass',
      y: 'pt',
      stack: null
    });
  });

  it('knows an axis of datasets by its categories', () => {
    const channel = makeCategories('channel', ['ttbar', 'zjets']);
    const histogram = makeHistogram({ axes: [REGION, channel, MASS] });
    expect(defaultView(histogram, ['zjets', 'ttbar', 'data']).stack).toBe(
      'channel'
    );
    expect(defaultView(histogram, ['zjets']).stack).toBeNull();
  });

  it('draws categories where there are no numbers', () => {
    const cutflow = makeHistogram({ axes: [DATASET, REGION] });
    expect(defaultView(cutflow, [])).toMatchObject({
      x: 'region',
      stack: 'dataset',
      select: {}
    });
    const counts = makeHistogram({ axes: [DATASET] });
    expect(defaultView(counts, [])).toMatchObject({
      x: 'dataset',
      stack: null
    });
  });

  it('does not stack means', () => {
    const profile = makeHistogram({ axes: [DATASET, MASS], storage: 'mean' });
    expect(defaultView(profile, []).stack).toBeNull();
  });
});

describe('choices', () => {
  const histogram = makeHistogram({ axes: [DATASET, VARIATION, MASS, PT] });

  it('are axes of numbers to draw along, and the others', () => {
    const view = { ...plainView('mass'), stack: 'dataset' };
    expect(drawableAxes(histogram)).toEqual([MASS, PT, DATASET, VARIATION]);
    expect(stackableAxes(histogram, 'mass')).toEqual([DATASET, VARIATION]);
    expect(selectableAxes(histogram, view)).toEqual([VARIATION]);
  });
});

describe('consistent', () => {
  const histogram = makeHistogram({
    axes: [DATASET, { ...VARIATION, nominal: 'nominal' }, MASS, PT]
  });
  const view = plainView('mass');

  it.each([
    ['a map has no stack', { y: 'pt', stack: 'dataset' }, { stack: null }],
    [
      'an axis is drawn once',
      { y: 'mass', profile: true },
      { y: null, profile: false }
    ],
    [
      'what is drawn is not selected',
      { y: 'pt', select: { pt: 'x' } },
      { select: {} }
    ],
    [
      'fractions are of what is selected',
      { fraction: 'dataset' },
      { fraction: null }
    ],
    [
      'runs are not stacked',
      { stack: 'dataset', runs: ['r2'] },
      { stack: null }
    ],
    [
      'means do not add up',
      { y: 'pt', profile: true, cumulative: 'below' },
      { cumulative: null }
    ],
    [
      'a band is drawn around the nominal category',
      { variations: 'variation', select: { variation: 'up' } },
      { variations: null }
    ]
  ] as const)('%s', (_, change, expected) => {
    expect(
      consistent({ ...view, ...(change as Partial<View>) }, histogram)
    ).toMatchObject(expected);
  });

  it('keeps what was chosen last', () => {
    const flowing = consistent(
      { ...view, per: 'width', flow: true },
      histogram,
      {
        flow: true
      }
    );
    expect(flowing).toMatchObject({ per: 'bin', flow: true });
    const dense = consistent(
      { ...view, per: 'density', flow: true },
      histogram,
      {
        per: 'density'
      }
    );
    expect(dense).toMatchObject({ per: 'density', flow: false });
    const stacked = consistent(
      { ...view, runs: ['r2'], stack: 'dataset' },
      histogram,
      {
        stack: 'dataset'
      }
    );
    expect(stacked).toMatchObject({ runs: [], stack: 'dataset' });
  });

  it('merges bins without rest', () => {
    expect(rebinFactors(makeAxis({ bins: 12 }))).toEqual([1, 2, 3, 4, 6, 12]);
    expect(rebinFactors(DATASET)).toEqual([1]);
  });
});

describe('labels', () => {
  it.each([
    ['Weighted events', 'Weighted events'],
    ['Entries', 'Entries'],
    ['Dimuon mass', null]
  ])('say what is counted, or what it is about: %s', (label, quantity) => {
    expect(quantityOf(makeHistogram({ label }))).toBe(quantity);
  });

  it('end with a unit', () => {
    expect(unitOf('$p_T$ [GeV]')).toBe('GeV');
    expect(unitOf('N [jets] per event')).toBe('');
  });
});
