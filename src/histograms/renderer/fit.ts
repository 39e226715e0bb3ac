import { type ITextRun, textWidth } from './label';

const ELLIPSIS = '…';

/**
 * Shortens text to a width in pixels, at its end.
 *
 * @param runs - The text.
 * @param width - What there is room for.
 * @param size - Size of the font in pixels.
 */
export function fitLabel(
  runs: readonly ITextRun[],
  width: number,
  size: number
): readonly ITextRun[] {
  if (textWidth(runs, size) <= width) {
    return runs;
  }
  let used = 0;
  let fitting: readonly ITextRun[] = [{ ...runs[0], text: ELLIPSIS }];
  for (const [index, run] of runs.entries()) {
    let text = '';
    for (const character of run.text) {
      used += textWidth([{ ...run, text: character }], size);
      text += character;
      const end = { ...run, text: text.trimEnd() + ELLIPSIS };
      if (used + textWidth([{ ...run, text: ELLIPSIS }], size) > width) {
        return fitting;
      }
      fitting = [...runs.slice(0, index), end];
    }
  }
  return fitting;
}
