import {
  defaultView,
  drawableAxes,
  quantityOf,
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
      axes: [DATASET, REGION, VARIATION, MASS, PT]
    });
    expect(defaultView(histogram, [])).toEqual({
      x: 'mass',
      stack: 'dataset',
      select: { variation: 'nominal' }
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
    expect(defaultView(cutflow, [])).toEqual({
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
    expect(stackableAxes(profile, 'mass')).toEqual([]);
  });
});

describe('choices', () => {
  const histogram = makeHistogram({ axes: [DATASET, VARIATION, MASS, PT] });

  it('are axes of numbers to draw along, and the others', () => {
    const view = { x: 'mass', stack: 'dataset', select: {} };
    expect(drawableAxes(histogram)).toEqual([MASS, PT]);
    expect(drawableAxes(makeHistogram({ axes: [REGION] }))).toEqual([REGION]);
    expect(stackableAxes(histogram, 'mass')).toEqual([DATASET, VARIATION]);
    expect(selectableAxes(histogram, view)).toEqual([VARIATION]);
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
