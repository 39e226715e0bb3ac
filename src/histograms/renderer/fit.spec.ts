import { fitLabel } from './fit';
import { parseLabel, textWidth } from './label';

describe('fitLabel', () => {
  const label = parseLabel('Leading $p_T$ of all muons [GeV]');
  const text = (width: number): string =>
    fitLabel(label, width, 10)
      .map(run => run.text)
      .join('');

  it('leaves what fits', () => {
    expect(fitLabel(label, textWidth(label, 10), 10)).toBe(label);
  });

  it.each([0, 5, 20, 60, 61, 100, 140])('fits into %i pixels', width => {
    const fitted = fitLabel(label, width, 10);
    expect(text(width)).toMatch(/…$/);
    // Not even the sign itself fits into nothing.
    expect(textWidth(fitted, 10)).toBeLessThanOrEqual(Math.max(width, 6));
  });

  it('takes as much as there is room for', () => {
    expect(text(62)).toBe('Leading pT…');
    expect(text(140)).toBe('Leading pT of all muons [G…');
  });

  it('never cuts a character in two', () => {
    const emoji = parseLabel('💥'.repeat(9));
    expect(fitLabel(emoji, 20, 10)[0].text).toBe('💥💥…');
  });
});
