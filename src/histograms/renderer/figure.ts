import type { ITextRun } from './label';
import type { ILegendEntry } from './legend';
import type { IRange } from './scales';
import type { ITick } from './ticks';

/** A rectangle in pixels. */
export interface IRectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Something drawn with one path: its kind decides on the style. */
export interface IMark {
  readonly key: string;
  readonly kind:
    | 'layer'
    | 'single'
    | 'outline'
    | 'line'
    | 'band'
    | 'bars'
    | 'points'
    | 'guide';
  readonly path: string;

  /** Null for the colour of text. */
  readonly color: string | null;
}

/** A frame with axes, and what is drawn in it. */
export interface IPad {
  readonly frame: IRectangle;
  readonly marks: readonly IMark[];
  readonly xTicks: readonly ITick[];
  readonly yTicks: readonly ITick[];

  /** True for ticks on all four sides, as in print. */
  readonly isFramed: boolean;

  /** True where the names below the axis are too long to stand side by side. */
  readonly slanted: boolean;
  readonly xLabel: readonly ITextRun[];
  readonly yLabel: readonly ITextRun[];

  /** Where flow bins meet the others. */
  readonly separators: readonly number[];
}

/** The cells of a map, and where they are in the frame. */
export interface IImage {
  /** Ends of the cells along x in pixels, ascending. */
  readonly columns: readonly number[];

  /** Ends of the cells along y in pixels, descending. */
  readonly rows: readonly number[];

  /** RGBA of the cells, those of one column after those of another. */
  readonly colors: Uint32Array;
}

/** The scale of colours beside a map. */
export interface IColorBar {
  readonly frame: IRectangle;

  /** Colours from bottom to top. */
  readonly colors: readonly string[];
  readonly ticks: readonly ITick[];
  readonly label: readonly ITextRun[];
}

/** All that is drawn, in pixels: made without a document, painted by a painter. */
export interface IFigure {
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
  readonly main: IPad;

  /** The comparison below. */
  readonly panel: IPad | null;
  readonly image: IImage | null;
  readonly colorBar: IColorBar | null;
  readonly legend: readonly ILegendEntry[];

  /** Ends of the bins in the frame; those out of sight are out of the frame. */
  readonly edges: readonly number[];

  /** The same upwards in a map; empty otherwise. */
  readonly yEdges: readonly number[];

  /** Whether the horizontal axis is logarithmic. */
  readonly isLogX: boolean;

  /** Returns the value at a place in the frame, in pixels. */
  readonly valueAt: (position: number) => number;

  /** The same upwards in a map; null otherwise. */
  readonly valueAtY: ((position: number) => number) | null;
}

/** How a figure is laid out. */
export interface IFigureOptions {
  readonly width: number;
  readonly height: number;

  /** True for a logarithmic scale of the contents. */
  readonly log: boolean;

  /** True for means, which need not be drawn from zero on. */
  readonly isMean: boolean;

  /** True for a logarithmic horizontal axis. */
  readonly logX: boolean;

  /** Values between which the horizontal axis is shown; null for all. */
  readonly range: IRange | null;

  /** The same upwards in a map. */
  readonly rangeY: IRange | null;

  /** True for a thumbnail: no legend, no axis labels, no panel. */
  readonly compact: boolean;
  readonly xLabel: string;

  /** What the vertical axis counts; of a map, what the colours say. */
  readonly yLabel: string;
  readonly panelLabel: string;
  readonly uncertaintyName: string;

  /** Returns what the legend says after a category's name. */
  readonly remark: (category: string) => string | null;
}

/** Returns the bin at a place along an axis, or null. */
export function binAt(
  edges: readonly number[],
  position: number
): number | null {
  const sign = edges[0] <= edges[edges.length - 1] ? 1 : -1;
  const place = position * sign;
  const end = (index: number): number => edges[index] * sign;
  if (!(place >= end(0) && place <= end(edges.length - 1))) {
    return null;
  }
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (end(middle) <= place) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
