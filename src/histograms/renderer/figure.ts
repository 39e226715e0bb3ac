import { type IPlotData, errorOf } from './bins';
import { type ITextRun, parseLabel } from './label';
import { type ILegendEntry, layoutLegend } from './legend';
import { errorBars, markers, stepArea, stepLine } from './paths';
import {
  type Scale,
  clamped,
  floorOf,
  horizontalScale,
  verticalScale
} from './scales';
import {
  type ITick,
  horizontalTicks,
  verticalTicks,
  widestLabel
} from './ticks';

/** A filled category of the stack. */
export interface IFigureLayer {
  readonly key: string;
  readonly color: string;
  readonly area: string;
}

/** All that is drawn, in pixels: made without a document, painted by a painter. */
export interface IFigure {
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;

  /** The rectangle that data are drawn in. */
  readonly frame: IRectangle;

  /** Ends of the bins in the frame. */
  readonly edges: readonly number[];
  readonly layers: readonly IFigureLayer[];

  /** True where the only layer is drawn as a line and not filled. */
  readonly single: boolean;

  /** Outline of the sum of the stack. */
  readonly outline: string;

  /** Uncertainty of the sum of the stack: a band, or bars for a single layer. */
  readonly band: string;
  readonly bars: string;

  /** Measured points and their error bars. */
  readonly points: string;
  readonly pointBars: string;

  /** Where flow bins meet the others. */
  readonly separators: readonly number[];
  readonly xTicks: readonly ITick[];
  readonly yTicks: readonly ITick[];

  /** True where the names below the axis are too long to stand side by side. */
  readonly slanted: boolean;
  readonly xLabel: readonly ITextRun[];
  readonly yLabel: readonly ITextRun[];
  readonly legend: readonly ILegendEntry[];
}

/** A rectangle in pixels. */
export interface IRectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** How a figure is laid out. */
export interface IFigureOptions {
  readonly width: number;
  readonly height: number;

  /** True for a logarithmic vertical axis. */
  readonly log: boolean;

  /** True for a thumbnail: no legend, no axis labels. */
  readonly compact: boolean;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly uncertaintyName: string;

  /** Returns what the legend says after a category's name. */
  readonly remark: (category: string) => string | null;
}

const FULL_FONT = 13;
const NARROW_FONT = 11;
const COMPACT_FONT = 10;

/** Below this width in pixels, a figure gets the narrow font. */
const NARROW = 520;

/** The legend takes this part of the frame at most before data may touch it. */
const MAX_LEGEND = 0.45;

/** Free space above the highest point of a plot without a legend. */
const HEADROOM = 0.06;

const MARKER_RADIUS = 3;

/** Angle of slanted names: their height is this part of their width. */
const SLANT = 0.55;

/** Lays out a figure. */
export function layoutFigure(
  data: IPlotData,
  options: IFigureOptions
): IFigure {
  const { compact, log, width, height } = options;
  const fontSize = compact
    ? COMPACT_FONT
    : width < NARROW
      ? NARROW_FONT
      : FULL_FONT;
  const bottom = bottomMargin(data, options, fontSize);
  const top = compact ? 6 : 10;
  const frameHeight = Math.max(20, height - top - bottom.margin);

  // Labels at the left decide on the width, the width on the legend's columns,
  // the legend on the vertical scale, and that on the labels: start from a guess.
  const guess = Math.max(20, width - (compact ? 44 : 80));
  const legend = compact
    ? { entries: [], height: 0 }
    : layoutLegend(data, { ...options, width: guess, fontSize });
  const headroom = Math.max(
    Math.min(legend.height, MAX_LEGEND * frameHeight),
    HEADROOM * frameHeight
  );
  const y = verticalScale(data, log, frameHeight, headroom);
  const yTicks = verticalTicks(y, log, frameHeight);
  const left =
    Math.ceil(widestLabel(yTicks, fontSize)) +
    (compact ? 10 : 14 + fontSize * 1.5);
  const right = compact ? 8 : 18;
  const frame: IRectangle = {
    left,
    top,
    width: Math.max(20, width - left - right),
    height: frameHeight
  };
  const x = horizontalScale(data, frame.width);
  const moved = frame.width - guess;
  return {
    width,
    height,
    fontSize,
    frame,
    edges: data.positions.map(position => x(position)),
    ...marks(data, x, y, compact),
    separators: separators(data, x),
    xTicks: horizontalTicks(data, x),
    yTicks,
    slanted: bottom.slanted,
    xLabel: compact ? [] : parseLabel(options.xLabel),
    yLabel: compact ? [] : parseLabel(options.yLabel),
    legend: legend.entries.map(entry => ({
      ...entry,
      x: Math.max(0, entry.x + moved)
    }))
  };
}

/** Returns the bin below a horizontal place in the frame, or null. */
export function binAt(figure: IFigure, position: number): number | null {
  const { edges } = figure;
  if (!(position >= edges[0] && position <= edges[edges.length - 1])) {
    return null;
  }
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (edges[middle] <= position) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

type Marks = Pick<
  IFigure,
  'layers' | 'single' | 'outline' | 'band' | 'bars' | 'points' | 'pointBars'
>;

function marks(data: IPlotData, x: Scale, y: Scale, compact: boolean): Marks {
  const edges = data.positions.map(position => x(position));
  const within = clamped(y);
  const base = within(Math.max(0, floorOf(y)));
  const { total, measured } = data;
  const single = data.layers.length === 1 && data.layers[0].name === '';

  let below = edges.slice(1).map(() => 0);
  const layers = data.layers.map(({ name, color, values }) => {
    const sums = values.map((value, bin) => value + below[bin]);
    const area = stepArea(edges, sums.map(within), below.map(within));
    below = sums;
    return { key: name, color, area };
  });

  const totals = total?.values ?? [];
  const errors = total?.variances.map(errorOf) ?? [];
  const band = stepArea(
    edges,
    totals.map((value, bin) => within(value + errors[bin])),
    totals.map((value, bin) => within(value - errors[bin]))
  );
  const pointErrors = measured?.variances.map(errorOf) ?? [];
  const radius = compact ? 1.5 : MARKER_RADIUS;
  const points = measured?.values ?? [];
  return {
    layers,
    single,
    outline: stepLine(edges, totals.map(within), base),
    band: single ? '' : band,
    bars: single && !compact ? errorBars(edges, totals, errors, within) : '',
    points: markers(edges, points, pointErrors, within, radius),
    pointBars: errorBars(edges, points, pointErrors, within)
  };
}

function separators({ bins, positions }: IPlotData, x: Scale): number[] {
  return bins.flatMap(({ low, high, category }, bin) => {
    if (category !== null) {
      return [];
    }
    return low === -Infinity
      ? [x(positions[bin + 1])]
      : high === Infinity
        ? [x(positions[bin])]
        : [];
  });
}

function bottomMargin(
  data: IPlotData,
  { compact, width }: IFigureOptions,
  fontSize: number
): { margin: number; slanted: boolean } {
  const flat = fontSize * (compact ? 1.8 : 3.4);
  const x = horizontalScale(data, width * 0.85);
  const isCategorical = data.bins.some(({ category }) => category !== null);
  if (!isCategorical) {
    return { margin: flat, slanted: false };
  }
  const widest = widestLabel(horizontalTicks(data, x), fontSize);
  const slot = (width * 0.85) / Math.max(1, data.bins.length);
  return widest + 6 <= slot
    ? { margin: flat, slanted: false }
    : { margin: flat + widest * SLANT, slanted: true };
}
