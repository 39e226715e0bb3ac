import { max, min } from 'd3-array';

import { type IPlotData, type ISeries, known } from './data';
import type { IFigure, IFigureOptions, IMark, IRectangle } from './figure';
import { parseLabel } from './label';
import {
  bottomMargin,
  fontOf,
  leftMargin,
  separators,
  topMargin
} from './layout';
import { layoutLegend } from './legend';
import { layoutPanel } from './panel';
import { bandPath, errorBars, markers, stepArea, stepLine } from './paths';
import {
  type Scale,
  binScale,
  clamped,
  floorOf,
  linearScale,
  logScale,
  looseScale,
  visibleBins
} from './scales';
import { apart, binTicks, verticalTicks } from './ticks';

/** The legend takes this part of the frame at most before data may touch it. */
const MAX_LEGEND = 0.45;

/** Free space above the highest point of a plot without a legend. */
const HEADROOM = 0.06;

/** Part of the height that the panel below takes, and pixels between the two. */
const PANEL_PART = 0.28;
const PANEL_GAP = 8;

/** Lays out rows of numbers along an axis. */
export function layoutRows(data: IPlotData, options: IFigureOptions): IFigure {
  const { compact, log, logX, range, width, height } = options;
  const fontSize = fontOf(options);
  const bottom = bottomMargin(data.bins, options, fontSize);
  const top = topMargin(options);
  const inner = Math.max(20, height - top - bottom.margin);
  const hasPanel = data.panel !== null && !compact;
  const panelHeight = hasPanel ? Math.max(40, inner * PANEL_PART) : 0;
  const mainHeight = Math.max(
    20,
    inner - panelHeight - (hasPanel ? PANEL_GAP : 0)
  );

  // Labels at the left decide on the width, the width on the legend's columns,
  // the legend on the vertical scale, and that on the labels: start from a guess.
  const guess = Math.max(20, width - (compact ? 44 : 80));
  const legend = compact
    ? { entries: [], height: 0 }
    : layoutLegend(data, { ...options, width: guess, fontSize });
  const headroom = Math.max(
    Math.min(legend.height, MAX_LEGEND * mainHeight),
    HEADROOM * mainHeight
  );
  const rough = binScale(data.bins, range, logX, 0, guess);
  const visible = visibleBins(rough.edges, 0, guess);
  const y = verticalScale(data, visible, options, mainHeight, headroom);
  const yTicks = verticalTicks(y, log, mainHeight);
  const left = leftMargin(yTicks, options, fontSize);
  const frame: IRectangle = {
    left,
    top,
    width: Math.max(20, width - left - (compact ? 8 : 18)),
    height: mainHeight
  };
  const x = binScale(data.bins, range, logX, 0, frame.width);
  const allTicks = binTicks(data.bins, x);
  const xTicks = bottom.slanted ? allTicks : apart(allTicks, fontSize);
  const lines = separators(data.bins, x.edges);
  const xLabel = compact ? [] : parseLabel(options.xLabel);
  const unlabelled = xTicks.map(tick => ({ ...tick, label: null }));
  return {
    width,
    height,
    fontSize,
    main: {
      frame,
      marks: marks(data, x.edges, y, options),
      xTicks: hasPanel ? (data.axis.discrete ? [] : unlabelled) : xTicks,
      yTicks,
      isFramed: !compact,
      slanted: bottom.slanted,
      xLabel: hasPanel ? [] : xLabel,
      yLabel: compact ? [] : parseLabel(options.yLabel),
      separators: lines
    },
    panel:
      data.panel && hasPanel
        ? layoutPanel(data.panel, {
            frame: {
              ...frame,
              top: top + mainHeight + PANEL_GAP,
              height: panelHeight
            },
            edges: x.edges,
            visible,
            label: options.panelLabel,
            axis: {
              xTicks,
              xLabel,
              slanted: bottom.slanted,
              separators: lines
            }
          })
        : null,
    image: null,
    colorBar: null,
    legend: legend.entries.map(entry => ({
      ...entry,
      x: Math.max(0, entry.x + frame.width - guess)
    })),
    edges: x.edges,
    yEdges: [],
    isLogX: x.log,
    valueAt: position => x.scale.invert(position),
    valueAtY: null
  };
}

function verticalScale(
  data: IPlotData,
  visible: readonly number[],
  { isMean, log }: IFigureOptions,
  height: number,
  headroom: number
): Scale {
  const drawn = [data.band, data.total, ...data.curves].filter(isSeries);
  const ends = (of: (row: ISeries, bin: number) => number): number[] =>
    drawn
      .flatMap(row => visible.map(bin => of(row, bin)))
      .filter(Number.isFinite);
  const top = max(ends((row, bin) => row.values[bin] + known(row.upper[bin])));
  if (log) {
    const positive = [...data.layers, ...data.curves].flatMap(row =>
      visible.map(bin => row.values[bin]).filter(v => v > 0 && v < Infinity)
    );
    return logScale(
      min(positive) ?? (top ?? 1) / 10,
      top ?? 0,
      height,
      headroom
    );
  }
  if (isMean && top !== undefined) {
    const low = min(
      ends((row, bin) => row.values[bin] - known(row.lower[bin]))
    );
    return looseScale(low ?? 0, top, height, headroom);
  }
  const bottom = min(
    ends((row, bin) =>
      row.values[bin] < 0 ? row.values[bin] - known(row.lower[bin]) : 0
    )
  );
  return linearScale(bottom ?? 0, top ?? 0, height, headroom);
}

function marks(
  data: IPlotData,
  edges: readonly number[],
  y: Scale,
  options: IFigureOptions
): IMark[] {
  const within = clamped(y);
  const base = within(Math.max(0, floorOf(y)));
  const drawn: IMark[] = [];
  let below = edges.slice(1).map(() => 0);
  for (const { color, name, values } of data.layers) {
    const sums = below.map((sum, bin) => sum + values[bin]);
    const path = stepArea(edges, sums.map(within), below.map(within));
    const kind = data.single ? 'single' : 'layer';
    drawn.push({ key: `layer/${name}`, kind, path, color });
    below = sums;
  }
  const { band, single, total } = data;
  if (total) {
    const color = single ? data.layers[0].color : null;
    const path = stepLine(edges, [...total.values].map(within), base);
    const kind = single ? 'line' : 'outline';
    drawn.push({ key: 'outline', kind, path, color });
  }
  if (band && (!single || band !== total)) {
    drawn.push({
      key: 'band',
      kind: 'band',
      path: bandPath(edges, band, within),
      color: null
    });
  } else if (total && !options.compact) {
    const path = errorBars(edges, total, within, false);
    drawn.push({
      key: 'bars',
      kind: 'bars',
      path,
      color: data.layers[0].color
    });
  }
  data.curves.forEach(curve =>
    drawn.push(...curveMarks(curve, edges, y, options))
  );
  return drawn;
}

function curveMarks(
  curve: ISeries,
  edges: readonly number[],
  y: Scale,
  { compact, log }: IFigureOptions
): IMark[] {
  const { color, name, role, values } = curve;
  const within = clamped(y);
  const isData = role === 'data';
  const key = `${role}/${name}`;
  const bars: IMark = {
    key: `${key}/bars`,
    kind: 'bars',
    path: errorBars(edges, curve, within, isData || role === 'points'),
    color
  };
  if (role === 'line') {
    const base = within(Math.max(0, floorOf(y)));
    const path = stepLine(edges, [...values].map(within), base);
    const line: IMark = { key, kind: 'line', path, color };
    return compact ? [line] : [line, bars];
  }
  const path = markers(
    edges,
    values,
    within,
    compact ? 1.5 : 3,
    value => Number.isFinite(value) && (value !== 0 || !(log || isData))
  );
  return [bars, { key, kind: 'points', path, color }];
}

function isSeries(series: ISeries | null): series is ISeries {
  return series !== null;
}
