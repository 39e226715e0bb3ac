import { scaleLinear } from 'd3-scale';

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

/** Pixels between two labels below the axis. */
const LABEL_GAP = 4;

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
  const ticks = log
    ? logTicks(scale, spacing)
    : numberTicks(scale, lengthOf(scale), spacing);
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
  return log
    ? logTicks(scale, Y_SPACING / 2)
    : numberTicks(scale, height, Y_SPACING);
}

function lengthOf(scale: Scale): number {
  const [from, to] = scale.range();
  return Math.abs(to - from);
}

/** Marks numbers at even distances, whatever the scale places them by. */
function numberTicks(scale: Scale, length: number, spacing: number): ITick[] {
  const [low, high] = scale.domain();
  const even = scaleLinear([low, high], [0, 1]);
  const majors = even.ticks(Math.max(2, Math.floor(length / spacing)));
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const format = even.tickFormat(
    majors.length,
    largest >= PREFIX_FROM ? '~s' : largest < TINY ? '~e' : undefined
  );
  return withMinors(majors, low, high).map(({ value, major }) => ({
    position: scale(value),
    label: major ? text(value === 0 ? '0' : format(value)) : null
  }));
}

/** Digits whose multiples of powers of ten are written: the first that give two numbers. */
const WRITTEN: readonly (readonly number[])[] = [
  [1],
  [1, 2, 5],
  [1, 2, 3, 4, 5, 6, 7, 8, 9]
];

/**
 * Marks 1 to 9 in each decade, and writes powers of ten, or more where there are
 * too few of them.
 *
 * @param spacing - Pixels that two numbers on an even axis would be apart.
 */
function logTicks(scale: Scale, spacing: number): ITick[] {
  const [low, high] = scale.domain();
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const marks: ILogMark[] = [];
  for (let exponent = first; exponent <= last; exponent++) {
    for (let digit = 1; digit < 10; digit++) {
      const value = Number(`${digit}e${exponent}`);
      if (value >= low && value <= high) {
        marks.push({ digit, exponent, position: scale(value) });
      }
    }
  }
  const written = WRITTEN.map(digits =>
    marks.filter(({ digit }) => digits.includes(digit))
  ).find(({ length }) => length >= 2);
  if (!written) {
    return numberTicks(scale, lengthOf(scale), spacing);
  }
  const apart = thinned(written, spacing / 2);
  return marks.map(mark => ({
    position: mark.position,
    label: apart.has(mark) ? powerLabel(mark.digit, mark.exponent) : null
  }));
}

interface ILogMark {
  readonly digit: number;
  readonly exponent: number;
  readonly position: number;
}

/** Returns marks that are far enough apart to be written, round numbers first. */
function thinned(marks: readonly ILogMark[], least: number): Set<ILogMark> {
  const rank = ({ digit }: ILogMark): number => {
    const place = [1, 5, 2].indexOf(digit);
    return place < 0 ? 3 : place;
  };
  const kept = new Set<ILogMark>();
  for (const mark of [...marks].sort((a, b) => rank(a) - rank(b))) {
    const isFree = [...kept].every(
      ({ position }) => Math.abs(position - mark.position) >= least
    );
    if (isFree) {
      kept.add(mark);
    }
  }
  return kept;
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

/** Returns the marks without labels that would run into those before them. */
export function apart(ticks: readonly ITick[], size: number): ITick[] {
  const hidden = new Set<ITick>();
  let end = -Infinity;
  for (const tick of [...ticks].sort((a, b) => a.position - b.position)) {
    const half = tick.label ? textWidth(tick.label, size) / 2 : 0;
    if (tick.label && tick.position - half < end + LABEL_GAP) {
      hidden.add(tick);
    } else if (tick.label) {
      end = tick.position + half;
    }
  }
  return ticks.map(tick =>
    hidden.has(tick) ? { ...tick, label: null } : tick
  );
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
