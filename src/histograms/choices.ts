import type { Axis, Histogram, View } from '../services/models';

/** The category that an analysis without variations fills. */
const NOMINAL = /^(nominal|nom|central|none)$/i;

/** What people call the axis whose categories are datasets. */
const DATASET = /^(dataset|datasets|sample|samples|process|processes)$/i;

/** How names of datasets begin or end that were recorded, as the server tells them. */
const MEASURED =
  /^((pseudo|toy|asimov)?[-_ ]?data([-_ 0-9:].*)?|.*[-_ ]data|.*run20\d\d[A-Z].*)$/i;

/** Labels that say what the vertical axis counts. */
const QUANTITY = /^(weighted )?(events|entries|counts|yield|candidates)\b/i;

/** The server draws no more runs over another one. */
export const MOST_RUNS = 8;

/** Returns the view of all that is along an axis. */
export function plainView(x: string): View {
  return {
    x,
    y: null,
    profile: false,
    stack: null,
    style: 'stack',
    select: {},
    fraction: null,
    variations: null,
    rebin: 1,
    rebin_y: 1,
    flow: false,
    per: 'bin',
    cumulative: null,
    panel: null,
    reference: null,
    integrate: null,
    normalise: null,
    luminosity: null,
    runs: []
  };
}

/**
 * Returns the view to start with: the first axis of numbers, stacked by
 * dataset where there is such an axis, with nominal weights, the band of
 * variations around it, and data compared with the stack. Two axes of numbers
 * make a map.
 *
 * @param histogram - What is to be drawn.
 * @param datasets - Names of the run's datasets.
 */
export function defaultView(
  histogram: Histogram,
  datasets: readonly string[]
): View {
  const stack = datasetAxis(histogram, datasets);
  const numbers = histogram.axes.filter(axis => !axis.discrete);
  const x =
    numbers[0] ??
    histogram.axes.find(axis => axis !== stack) ??
    histogram.axes[0];
  const isMap = numbers.length === 2;
  const isStacked = stack !== undefined && stack !== x && !isMap;
  const view: View = {
    ...plainView(x.name),
    y: isMap ? numbers[1].name : null,
    stack: isStacked && canStack(histogram) ? stack.name : null
  };
  for (const axis of selectableAxes(histogram, view)) {
    const nominal =
      axis.nominal ?? axis.categories?.find(category => NOMINAL.test(category));
    if (nominal !== undefined) {
      view.select = { ...view.select, [axis.name]: nominal };
    }
  }
  view.variations =
    selectableAxes(histogram, view).find(({ nominal }) => nominal)?.name ??
    null;
  const names = (view.stack !== null && stack?.categories) || [];
  const measured = names.filter(name => MEASURED.test(name)).length;
  view.panel = measured > 0 && measured < names.length ? 'ratio' : null;
  return consistent(view, histogram);
}

/**
 * Returns the view to start with where runs are compared: one line for each run,
 * and what it is of the first. There are no maps over each other.
 *
 * @param view - The view to start with otherwise.
 * @param histogram - What is to be drawn.
 * @param runs - The runs that are drawn over the histogram's own.
 */
export function comparedView(
  view: View,
  histogram: Histogram,
  runs: readonly string[]
): View {
  return consistent(
    { ...view, y: null, runs: [...runs], panel: 'ratio', reference: null },
    histogram
  );
}

/**
 * Returns a view without what contradicts itself: what was changed last stays.
 *
 * @param view - The view as wanted.
 * @param histogram - What it is a view of.
 * @param change - What of it was changed.
 */
export function consistent(
  view: View,
  histogram: Histogram,
  change: Partial<View> = {}
): View {
  const next = { ...view };
  next.y = next.y === next.x ? null : next.y;
  next.profile = next.profile && next.y !== null;
  const isMap = next.y !== null && !next.profile;
  if (next.runs.length > 0 && change.stack) {
    next.runs = [];
  }
  if (isMap || next.runs.length > 0 || next.stack === next.x) {
    next.stack = null;
  }
  next.stack = next.stack === next.y ? null : next.stack;
  const drawn = [next.x, next.y, next.stack];
  next.select = Object.fromEntries(
    Object.entries(next.select).filter(([axis]) => !drawn.includes(axis))
  );
  const isSelected = (axis: string | null): boolean =>
    axis !== null && axis in next.select;
  next.fraction = isSelected(next.fraction) ? next.fraction : null;
  const varied = histogram.axes.find(({ name }) => name === next.variations);
  const isNominal = varied && next.select[varied.name] === varied.nominal;
  next.variations = isNominal ? next.variations : null;
  const isMean = isProfile(histogram) || next.profile;
  if (isMap || isMean || next.fraction !== null) {
    next.cumulative = null;
    next.variations = null;
  }
  if (isMean || next.fraction !== null) {
    next.per = 'bin';
    next.fraction = isMean ? null : next.fraction;
  }
  if (isMap) {
    next.fraction = null;
    next.panel = null;
    next.integrate = null;
    next.runs = [];
  }
  if (next.per !== 'bin' && next.flow) {
    next.per = change.flow ? 'bin' : next.per;
    next.flow = next.per === 'bin';
  }
  if (next.per === 'width' && next.cumulative) {
    next.per = change.cumulative ? 'bin' : next.per;
    next.cumulative = next.per === 'bin' ? next.cumulative : null;
  }
  return next;
}

/** Returns the axes that can be drawn along: those of numbers, then others. */
export function drawableAxes(histogram: Histogram): Axis[] {
  const { axes } = histogram;
  return [...axes].sort((a, b) => Number(a.discrete) - Number(b.discrete));
}

/** Returns the axes that a view can be stacked by. */
export function stackableAxes(histogram: Histogram, x: string): Axis[] {
  return histogram.axes.filter(axis => axis.discrete && axis.name !== x);
}

/** Returns the axes of which a view can keep one category. */
export function selectableAxes(histogram: Histogram, view: View): Axis[] {
  return histogram.axes.filter(
    axis =>
      axis.discrete &&
      axis.name !== view.x &&
      axis.name !== view.y &&
      axis.name !== view.stack
  );
}

/** Returns by how many the bins of an axis can be merged without rest. */
export function rebinFactors(axis: Axis | undefined): number[] {
  const factors: number[] = [];
  for (let factor = 1; axis && factor <= Math.min(axis.bins, 50); factor++) {
    if (axis.bins % factor === 0) {
      factors.push(factor);
    }
  }
  return axis && !axis.discrete ? factors : [1];
}

/** Says whether the histogram holds means, which do not add up to a stack. */
export function isProfile(histogram: Histogram): boolean {
  return histogram.storage.includes('mean');
}

/** Returns what the vertical axis counts, where the histogram's label says it. */
export function quantityOf(histogram: Histogram): string | null {
  return QUANTITY.test(histogram.label) ? histogram.label : null;
}

/** Returns the unit in square brackets at the end of an axis label, or ''. */
export function unitOf(label: string): string {
  return /\[([^\]]+)\]\s*\$?$/.exec(label)?.[1] ?? '';
}

function canStack(histogram: Histogram): boolean {
  return !isProfile(histogram);
}

function datasetAxis(
  { axes }: Histogram,
  datasets: readonly string[]
): Axis | undefined {
  const categorical = axes.filter(axis => axis.discrete);
  return (
    categorical.find(({ name }) => DATASET.test(name)) ??
    categorical.find(
      ({ categories }) =>
        categories !== null &&
        categories.length > 0 &&
        categories.every(category => datasets.includes(category))
    )
  );
}
