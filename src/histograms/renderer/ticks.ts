import { type IBin, isFlow } from './bins';
import { type ITextRun, parseLabel, textWidth } from './label';
import type { IBinScale, Scale } from './scales';

/** A mark on an axis. */
export interface ITick {
  /** Place along the axis in pixels. */
  readonly position: number;

  /** Null for a minor tick. */
  readonly label: readonly ITextRun[] | null;
}

/** Pixels that a number below the axis takes, and those between two above. */
const X_SPACING = 70;
const Y_SPACING = 55;

/** Pixels from one name of a category to the next. */
const MIN_SLOT = 13;

/** Characters of a category's name that are shown. */
const MAX_NAME = 18;

/** Minor ticks divide the space between two major ones into as many parts. */
const MINOR_PARTS = 5;

/** Above this, numbers are written with a prefix such as k or M. */
const PREFIX_FROM = 1e4;

/** Below this, numbers are written with a power of ten. */
const TINY = 1e-3;

/**
 * Returns the marks along an axis with bins: numbers, or names of categories.
 *
 * @param bins - The bins that are at least in part on the axis.
 * @param spacing - Pixels that a number takes.
 */
export function binTicks(
  bins: readonly IBin[],
  axis: IBinScale,
  spacing = X_SPACING
): ITick[] {
  const { edges, log, scale } = axis;
  if (bins.some(({ category }) => category !== null)) {
    return categoryTicks(bins, edges, scale);
  }
  const flow = flowTicks(bins, edges);
  const [low, high] = scale.domain();
  const width = Math.abs(scale(high) - scale(low));
  const ticks = log
    ? logTicks(scale)
    : numberTicks(scale, Math.max(2, Math.floor(width / spacing)));
  const isHidden = (position: number): boolean =>
    flow.some(tick => Math.abs(tick.position - position) < 34);
  return [
    ...ticks.map(tick =>
      isHidden(tick.position) ? { ...tick, label: null } : tick
    ),
    ...flow
  ];
}

/** Returns the marks at the left of the vertical axis. */
export function verticalTicks(
  scale: Scale,
  log: boolean,
  height: number
): ITick[] {
  return log ? logTicks(scale) : linearTicks(scale, height);
}

function linearTicks(scale: Scale, height: number): ITick[] {
  return numberTicks(scale, Math.max(2, Math.floor(height / Y_SPACING)));
}

function numberTicks(scale: Scale, count: number): ITick[] {
  const [low, high] = scale.domain();
  const majors = scale.ticks(count);
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const format = scale.tickFormat(
    majors.length,
    largest >= PREFIX_FROM ? '~s' : largest < TINY ? '~e' : undefined
  );
  return withMinors(majors, low, high).map(({ value, major }) => ({
    position: scale(value),
    label: major ? text(value === 0 ? '0' : format(value)) : null
  }));
}

/** Marks 1 to 9 in each decade, and writes the powers of ten. */
function logTicks(scale: Scale): ITick[] {
  const [low, high] = scale.domain();
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const powers = Math.floor(Math.log10(high)) - Math.ceil(Math.log10(low)) + 1;
  const ticks: ITick[] = [];
  for (let exponent = first; exponent <= last; exponent++) {
    for (let digit = 1; digit < 10; digit++) {
      const value = digit * 10 ** exponent;
      if (value >= low && value <= high) {
        // Less than two decades would be left with one number or none.
        const written = digit === 1 || (powers < 2 && [2, 5].includes(digit));
        ticks.push({
          position: scale(value),
          label: written ? powerLabel(digit, exponent) : null
        });
      }
    }
  }
  return ticks;
}

function powerLabel(digit: number, exponent: number): ITextRun[] {
  if (exponent >= -1 && exponent <= 2) {
    return text(String(Number(`${digit}e${exponent}`)));
  }
  const factor = digit === 1 ? '' : `${digit} × `;
  return parseLabel(`${factor}10$^{${exponent}}$`);
}

function categoryTicks(
  bins: readonly IBin[],
  edges: readonly number[],
  scale: Scale
): ITick[] {
  const slot = Math.abs(edges[1] - edges[0]);
  const step = Math.max(1, Math.ceil(MIN_SLOT / slot));
  const [from, to] = [...scale.range()].sort((a, b) => a - b);
  return bins.flatMap(({ category }, bin) => {
    const position = (edges[bin] + edges[bin + 1]) / 2;
    const isNear = position > from - 2 * slot && position < to + 2 * slot;
    const label = bin % step === 0 ? text(shorten(category ?? '')) : null;
    return isNear ? [{ position, label }] : [];
  });
}

/** Says below the flow bins what is in them. */
function flowTicks(bins: readonly IBin[], edges: readonly number[]): ITick[] {
  return bins.flatMap((bin, index) => {
    if (!isFlow(bin)) {
      return [];
    }
    const isBelow = bin.low === -Infinity;
    const end = isBelow ? bin.high : bin.low;
    const number = String(Number(end.toPrecision(4))).replace('-', '−');
    return {
      position: (edges[index] + edges[index + 1]) / 2,
      label: text(`${isBelow ? '<' : '≥'}${number}`)
    };
  });
}

interface IMark {
  readonly value: number;
  readonly major: boolean;
}

function withMinors(
  majors: readonly number[],
  low: number,
  high: number
): IMark[] {
  const inside = (value: number): boolean => value >= low && value <= high;
  const marks = majors.filter(inside).map(value => ({ value, major: true }));
  if (majors.length < 2) {
    return marks;
  }
  const step = (majors[1] - majors[0]) / MINOR_PARTS;
  const first = Math.ceil((low - majors[0]) / step - 1e-9);
  const last = Math.floor((high - majors[0]) / step + 1e-9);
  for (let index = first; index <= last; index++) {
    if (index % MINOR_PARTS !== 0) {
      marks.push({ value: majors[0] + index * step, major: false });
    }
  }
  return marks;
}

/** Returns the width of the widest label in pixels. */
export function widestLabel(ticks: readonly ITick[], size: number): number {
  return ticks.reduce(
    (width, { label }) =>
      label ? Math.max(width, textWidth(label, size)) : width,
    0
  );
}

function shorten(name: string): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name;
}

function text(label: string): ITextRun[] {
  return [{ text: label, script: 'base', italic: false }];
}
