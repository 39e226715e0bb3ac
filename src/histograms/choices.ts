import type { Axis, Histogram, View } from '../services/models';

/** The category that an analysis without variations fills. */
const NOMINAL = /^(nominal|nom|central|none)$/i;

/** What people call the axis whose categories are datasets. */
const DATASET = /^(dataset|datasets|sample|samples|process|processes)$/i;

/** Labels that say what the vertical axis counts. */
const QUANTITY = /^(weighted )?(events|entries|counts|yield|candidates)\b/i;

/**
 * Returns the view to start with: the first axis of numbers, stacked by
 * dataset where there is such an axis, with nominal weights.
 *
 * @param histogram - What is to be drawn.
 * @param datasets - Names of the run's datasets.
 */
export function defaultView(
  histogram: Histogram,
  datasets: readonly string[]
): View {
  const stack = datasetAxis(histogram, datasets);
  const x =
    histogram.axes.find(axis => !axis.discrete) ??
    histogram.axes.find(axis => axis !== stack) ??
    histogram.axes[0];
  const view: View = {
    x: x.name,
    stack: stack && stack !== x && canStack(histogram) ? stack.name : null,
    select: {}
  };
  for (const axis of selectableAxes(histogram, view)) {
    const nominal = axis.categories?.find(category => NOMINAL.test(category));
    if (nominal !== undefined) {
      view.select = { ...view.select, [axis.name]: nominal };
    }
  }
  return view;
}

/** Returns the axes that can be drawn along: those of numbers, else any. */
export function drawableAxes(histogram: Histogram): Axis[] {
  const numbers = histogram.axes.filter(axis => !axis.discrete);
  return numbers.length > 0 ? numbers : histogram.axes;
}

/** Returns the axes that a view can be stacked by. */
export function stackableAxes(histogram: Histogram, x: string): Axis[] {
  return canStack(histogram)
    ? histogram.axes.filter(axis => axis.discrete && axis.name !== x)
    : [];
}

/** Returns the axes of which a view can keep one category. */
export function selectableAxes(histogram: Histogram, view: View): Axis[] {
  return histogram.axes.filter(
    axis => axis.discrete && axis.name !== view.x && axis.name !== view.stack
  );
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
