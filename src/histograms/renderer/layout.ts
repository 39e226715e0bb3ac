import { type IBin, isFlow } from './bins';
import type { IFigureOptions } from './figure';
import { type ITick, binTicks, widestLabel } from './ticks';
import { binScale } from './scales';

const FULL_FONT = 13;
const NARROW_FONT = 11;
const COMPACT_FONT = 10;

/** Below this width in pixels, a figure gets the narrow font. */
const NARROW = 520;

/** Angle of slanted names: their height is this part of their width. */
const SLANT = 0.55;

/** Returns the size of the font. */
export function fontOf({ compact, width }: IFigureOptions): number {
  return compact ? COMPACT_FONT : width < NARROW ? NARROW_FONT : FULL_FONT;
}

/** Returns the space above the frame. */
export function topMargin({ compact }: IFigureOptions): number {
  return compact ? 6 : 10;
}

/** Returns the space left of the frame: labels of ticks, and the title beside them. */
export function leftMargin(
  ticks: readonly ITick[],
  { compact }: IFigureOptions,
  fontSize: number
): number {
  const beside = compact ? 10 : 14 + fontSize * 1.5;
  return Math.ceil(widestLabel(ticks, fontSize)) + beside;
}

/** Returns the space below the frame, and whether names need to be slanted. */
export function bottomMargin(
  bins: readonly IBin[],
  { compact, range, width }: IFigureOptions,
  fontSize: number
): { margin: number; slanted: boolean } {
  const flat = fontSize * (compact ? 1.8 : 3.4);
  if (!bins.some(({ category }) => category !== null)) {
    return { margin: flat, slanted: false };
  }
  const guess = binScale(bins, range, false, 0, width * 0.85);
  const widest = widestLabel(binTicks(bins, guess), fontSize);
  const slot = guess.edges[1] - guess.edges[0];
  return widest + 6 <= slot
    ? { margin: flat, slanted: false }
    : { margin: flat + widest * SLANT, slanted: true };
}

/** Returns where flow bins meet the others. */
export function separators(
  bins: readonly IBin[],
  edges: readonly number[]
): number[] {
  return bins.flatMap((bin, index) =>
    isFlow(bin) && bin.category === null
      ? [edges[bin.low === -Infinity ? index + 1 : index]]
      : []
  );
}
