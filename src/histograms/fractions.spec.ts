import { nullTranslator } from '@jupyterlab/translation';
import {
  partialList,
  partialRange,
  partialText,
  percentText
} from './fractions';

const trans = nullTranslator.load('casa-lab');

describe('fractions', () => {
  it('are never 100% before the end', () => {
    expect(percentText(0)).toBe('0%');
    expect(percentText(0.004)).toBe('< 1%');
    expect(percentText(0.437)).toBe('43%');
    expect(percentText(0.9999)).toBe('99%');
    expect(percentText(1)).toBe('100%');
  });

  it('are said where a histogram is partial', () => {
    const partial = { ttbar: 0.5, zjets: 0.381, wjets: 1 };
    expect(partialText(partial, trans)).toBe(
      '38% to 100% of the events, by dataset'
    );
    expect(partialRange(partial)).toBe('38–100%');
    expect(partialList(partial)).toBe('ttbar 50%, zjets 38%');
    expect(partialText({ a: 0.5, b: 0.501 }, trans)).toBe('50% of the events');
  });

  it('are not mentioned where it is complete', () => {
    expect(partialText({ ttbar: 1 }, trans)).toBeNull();
    expect(partialRange({})).toBeNull();
  });
});
