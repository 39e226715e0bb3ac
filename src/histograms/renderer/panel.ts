import { scaleLinear } from 'd3-scale';

import type { IPanelData } from './data';
import type { IMark, IPad, IRectangle } from './figure';
import { parseLabel } from './label';
import { arrows, bandPath, errorBars, markers } from './paths';
import { type Scale, clamped } from './scales';
import { verticalTicks } from './ticks';

interface IPanelOptions {
  readonly frame: IRectangle;
  readonly edges: readonly number[];
  readonly visible: readonly number[];
  readonly label: string;

  /** The horizontal axis, which the panel shares with the plot above. */
  readonly axis: Pick<IPad, 'xTicks' | 'xLabel' | 'slanted' | 'separators'>;
}

/** How far from one the axis of ratios reaches: the first that is enough. */
const RATIO_REACH = [0.1, 0.2, 0.3, 0.5, 1];

/** Pulls of this size are always on the axis, and larger ones up to the other. */
const LEAST_PULL = 3;
const LARGEST_PULL = 8;

/** Lays out the comparison below a plot. */
export function layoutPanel(data: IPanelData, options: IPanelOptions): IPad {
  const { axis, edges, frame, label, visible } = options;
  const y = panelScale(data, visible, frame.height);
  const within = clamped(y);
  const [low, high] = y.domain();
  const middle = within(data.kind === 'ratio' ? 1 : 0);
  const marks: IMark[] = [];
  if (data.band) {
    const path = bandPath(edges, data.band, within);
    marks.push({ key: 'band', kind: 'band', path, color: null });
  }
  const guide = `M0,${middle}H${frame.width}`;
  marks.push({ key: 'guide', kind: 'guide', path: guide, color: null });
  for (const curve of data.curves) {
    const { color, name, values } = curve;
    const isShown = (value: number): boolean => value >= low && value <= high;
    const points =
      markers(edges, values, within, 2.5, isShown) +
      arrows(edges, values, low, high, frame.height);
    const bars = errorBars(edges, curve, within, true);
    marks.push({ key: `${name}/bars`, kind: 'bars', path: bars, color });
    marks.push({ key: name, kind: 'points', path: points, color });
  }
  return {
    ...axis,
    frame,
    isFramed: true,
    marks,
    // The space between the pads is too small for numbers at their ends.
    yTicks: verticalTicks(y, false, frame.height * 2.6).map(tick =>
      tick.position < 5 || tick.position > frame.height - 2
        ? { ...tick, label: null }
        : tick
    ),
    yLabel: parseLabel(label)
  };
}

function panelScale(
  { curves, kind }: IPanelData,
  visible: readonly number[],
  height: number
): Scale {
  const middle = kind === 'ratio' ? 1 : 0;
  const distances = curves
    .flatMap(({ values }) => visible.map(bin => values[bin]))
    .filter(Number.isFinite)
    .map(value => Math.abs(value - middle));
  const furthest = Math.max(0, ...distances);
  const reach =
    kind === 'pull'
      ? Math.min(LARGEST_PULL, Math.max(LEAST_PULL, Math.ceil(furthest)))
      : (RATIO_REACH.find(reach => reach * 0.9 >= furthest) ?? 1);
  return scaleLinear(
    [middle - reach * 1.05, middle + reach * 1.05],
    [height, 0]
  );
}
