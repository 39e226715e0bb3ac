import type { IPlotData, ISeries } from './data';
import { fitLabel } from './fit';
import { type ITextRun, parseLabel, textWidth } from './label';

/** A line of the legend, with its place in the frame in pixels. */
export interface ILegendEntry {
  readonly key: string;
  readonly kind: 'layer' | 'line' | 'points' | 'data' | 'uncertainty';
  readonly color: string | null;
  readonly label: readonly ITextRun[];
  readonly x: number;
  readonly y: number;
}

/** The legend and the space that it takes at the top of the frame. */
export interface ILegend {
  readonly entries: readonly ILegendEntry[];
  readonly height: number;
}

/** What the legend says besides the names of the categories. */
export interface ILegendOptions {
  /** Width of the frame in pixels. */
  readonly width: number;
  readonly fontSize: number;

  /** Name of the uncertainty of the stack. */
  readonly uncertaintyName: string;

  /** Returns what is said after a category's name, such as "43%". */
  readonly remark: (category: string) => string | null;
}

/** Width of the colour patch and its distance from the text. */
const PATCH = 22;
const ROW_HEIGHT = 1.5;
const PADDING = 8;

/**
 * Lays the legend out in columns from the right, measured points first and
 * then the stack from top to bottom, as the eye meets them.
 */
export function layoutLegend(
  data: IPlotData,
  options: ILegendOptions
): ILegend {
  const { fontSize, width, remark } = options;
  const room = width - PATCH - 3 * PADDING;
  const named = legendItems(data, options).map(item => {
    const note = remark(item.key);
    const end = note ? parseLabel(` (${note})`) : [];
    const left = room - textWidth(end, fontSize);
    const name = fitLabel(parseLabel(item.name), left, fontSize);
    return { ...item, label: [...name, ...end] };
  });
  if (named.length === 0) {
    return { entries: [], height: 0 };
  }
  const row = fontSize * ROW_HEIGHT;
  const widest = Math.max(
    ...named.map(({ label }) => textWidth(label, fontSize))
  );
  const column = widest + PATCH + 2 * PADDING;
  const fitting = Math.max(1, Math.floor((width - PADDING) / column));
  // Up to four lines look best as one column; more are spread out.
  const columns = Math.min(fitting, Math.ceil(named.length / 4));
  const rows = Math.ceil(named.length / columns);
  const left = Math.max(PADDING, width - columns * column);
  return {
    entries: named.map(({ key, kind, color, label }, index) => ({
      key,
      kind,
      color,
      label,
      x: left + Math.floor(index / rows) * column,
      y: PADDING + (index % rows) * row + row / 2
    })),
    height: rows * row + 2 * PADDING
  };
}

interface ILegendItem {
  readonly key: string;
  readonly name: string;
  readonly kind: ILegendEntry['kind'];
  readonly color: string | null;
}

function legendItems(data: IPlotData, options: ILegendOptions): ILegendItem[] {
  const items: ILegendItem[] = [];
  const add = ({ color, name, role }: ISeries): void => {
    if (name !== '' && role !== 'total' && role !== 'band') {
      items.push({ key: name, name, kind: role, color });
    }
  };
  // Data come first: they are on top.
  [...data.curves].sort(dataFirst).forEach(add);
  [...data.layers].reverse().forEach(add);
  if (data.band && !data.single) {
    const name = options.uncertaintyName;
    items.push({ key: '', name, kind: 'uncertainty', color: null });
  }
  return items;
}

function dataFirst(a: ISeries, b: ISeries): number {
  return Number(b.role === 'data') - Number(a.role === 'data');
}
