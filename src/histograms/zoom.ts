import { type IPlotData, type IRange, isFlow } from './renderer';

/** Zoomed further in, a plot shows next to nothing. */
const SMALLEST = 1e-6;

/** Returns the range of an axis without its flow bins. */
export function axisRange({ bins }: IPlotData): IRange {
  const inside = bins.filter(bin => !isFlow(bin));
  return {
    low: inside[0]?.low ?? 0,
    high: inside[inside.length - 1]?.high ?? 1
  };
}

/** Returns a range that is larger or smaller by a factor around a value. */
export function zoomed(range: IRange, around: number, factor: number): IRange {
  return {
    low: around + (range.low - around) * factor,
    high: around + (range.high - around) * factor
  };
}

/** Returns a range moved by a part of its width. */
export function moved({ high, low }: IRange, part: number): IRange {
  const shift = (high - low) * part;
  return { low: low + shift, high: high + shift };
}

/** Keeps a range on an axis; null for all of it. */
export function within(range: IRange, axis: IRange): IRange | null {
  const full = axis.high - axis.low;
  const width = Math.max(range.high - range.low, full * SMALLEST);
  if (width >= full) {
    return null;
  }
  const low = Math.min(Math.max(range.low, axis.low), axis.high - width);
  return { low, high: low + width };
}

/** The ranges that a plot was zoomed to, to go back to. */
export class ZoomHistory {
  /** What is shown; null for the whole axis. */
  get range(): IRange | null {
    return this._range;
  }

  get canUndo(): boolean {
    return this._past.length > 0;
  }

  /** Shows a range. */
  set(range: IRange | null): void {
    this._past = [...this._past, this._range].slice(-DEPTH);
    this._range = range;
  }

  /** Shows a range that continues the last one: a step of a gesture. */
  replace(range: IRange | null): void {
    this._range = range;
  }

  /** Goes back to the range before. */
  undo(): void {
    this._range = this._past[this._past.length - 1] ?? null;
    this._past = this._past.slice(0, -1);
  }

  private _past: readonly (IRange | null)[] = [];
  private _range: IRange | null = null;
}

/** How far one can go back. */
const DEPTH = 100;
