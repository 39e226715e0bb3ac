import { scaleLinear, scaleLog } from 'd3-scale';

import { cssAt, pixelAt } from './colormap';
import type { IMapData, IPlotData } from './data';
import type { IFigure, IFigureOptions, IImage, IRectangle } from './figure';
import { parseLabel } from './label';
import {
  bottomMargin,
  fontOf,
  leftMargin,
  separators,
  topMargin
} from './layout';
import { type Scale, binScale } from './scales';
import { apart, binTicks, verticalTicks, widestLabel } from './ticks';

/** Width of the scale of colours, and colours in it. */
const BAR_WIDTH = 14;
const BAR_COLORS = 64;

/** Pixels that a number takes on the vertical axis. */
const Y_SPACING = 45;

/** Lays out a map of two axes. */
export function layoutMap(
  data: IPlotData,
  map: IMapData,
  options: IFigureOptions
): IFigure {
  const { compact, height, logX, range, rangeY, width } = options;
  const fontSize = fontOf(options);
  const bottom = bottomMargin(data.bins, options, fontSize);
  const top = topMargin(options);
  const frameHeight = Math.max(20, height - top - bottom.margin);
  const isLogY = map.axis.transform === 'log';
  const y = binScale(map.bins, rangeY, isLogY, frameHeight, 0);
  const yTicks = binTicks(map.bins, y, Y_SPACING).filter(
    ({ position }) => position >= -0.5 && position <= frameHeight + 0.5
  );
  const { isLog, z } = colorScale(map, options, frameHeight);
  const zTicks = verticalTicks(z, isLog, frameHeight);
  const barSpace = compact
    ? 0
    : BAR_WIDTH + 12 + widestLabel(zTicks, fontSize) + fontSize * 2;
  const left = leftMargin(yTicks, options, fontSize);
  const frame: IRectangle = {
    left,
    top,
    width: Math.max(20, width - left - 8 - barSpace),
    height: frameHeight
  };
  const x = binScale(data.bins, range, logX, 0, frame.width);
  const xTicks = binTicks(data.bins, x);
  return {
    width,
    height,
    fontSize,
    main: {
      frame,
      marks: [],
      xTicks: bottom.slanted ? xTicks : apart(xTicks, fontSize),
      yTicks,
      isFramed: !compact,
      slanted: bottom.slanted,
      xLabel: compact ? [] : parseLabel(options.xLabel),
      yLabel: compact ? [] : parseLabel(map.axis.label),
      separators: separators(data.bins, x.edges)
    },
    panel: null,
    image: {
      columns: x.edges,
      rows: y.edges,
      colors: cellColors(map, z, isLog)
    },
    colorBar: compact
      ? null
      : {
          frame: {
            left: left + frame.width + 8,
            top,
            width: BAR_WIDTH,
            height: frameHeight
          },
          colors: Array.from({ length: BAR_COLORS }, (_, index) =>
            cssAt(index / (BAR_COLORS - 1))
          ),
          ticks: zTicks,
          label: parseLabel(options.yLabel)
        },
    legend: [],
    edges: x.edges,
    yEdges: y.edges,
    isLogX: x.log,
    valueAt: position => x.scale.invert(position),
    valueAtY: position => y.scale.invert(position)
  };
}

/** Returns the scale of the contents along the scale of colours. */
function colorScale(
  map: IMapData,
  { isMean, log }: IFigureOptions,
  height: number
): { z: Scale; isLog: boolean } {
  let low = Infinity;
  let least = Infinity;
  let high = -Infinity;
  for (const value of map.values) {
    if (Number.isFinite(value) && value !== 0) {
      low = Math.min(low, value);
      high = Math.max(high, value);
      least = value > 0 ? Math.min(least, value) : least;
    }
  }
  if (log && least < Infinity) {
    const bottom = least < high ? least : least / 2;
    return { z: scaleLog([bottom, high], [height, 0]), isLog: true };
  }
  // Counts begin at zero, means where they begin.
  const bottom = low === Infinity ? 0 : isMean ? low : Math.min(0, low);
  const top = high > bottom ? high : bottom + 1;
  return { z: scaleLinear([bottom, top], [height, 0]), isLog: false };
}

/** Colours the cells; those that hold nothing stay clear. */
function cellColors(
  { values }: IMapData,
  z: Scale,
  isLog: boolean
): Uint32Array {
  const colors = new Uint32Array(values.length);
  const height = z.range()[0];
  const lookup = Array.from({ length: 256 }, (_, index) =>
    pixelAt(index / 255)
  );
  for (let cell = 0; cell < values.length; cell++) {
    const value = values[cell];
    if (Number.isFinite(value) && value !== 0 && !(isLog && value < 0)) {
      const place = 1 - z(value) / height;
      colors[cell] = lookup[Math.round(Math.min(1, Math.max(0, place)) * 255)];
    }
  }
  return colors;
}

/**
 * Returns the pixels of a map, row after row from the top.
 *
 * @param ratio - Pixels of the image for each of the figure.
 */
export function rasterize(
  { colors, columns, rows }: IImage,
  width: number,
  height: number,
  ratio: number
): Uint32Array {
  const wide = Math.max(1, Math.round(width * ratio));
  const high = Math.max(1, Math.round(height * ratio));
  const count = Math.max(0, rows.length - 1);
  const pixels = new Uint32Array(wide * high);
  const alongX = cellsOf(columns, wide, ratio);
  const alongY = cellsOf([...rows].reverse(), high, ratio);
  for (let row = 0; row < high; row++) {
    if (alongY[row] < 0) {
      continue;
    }
    const cell = count - 1 - alongY[row];
    for (let column = 0; column < wide; column++) {
      if (alongX[column] >= 0) {
        pixels[row * wide + column] = colors[alongX[column] * count + cell];
      }
    }
  }
  return pixels;
}

/** Returns the cell at the middle of each pixel, or -1. */
function cellsOf(
  edges: readonly number[],
  pixels: number,
  ratio: number
): Int32Array {
  const cells = new Int32Array(pixels).fill(-1);
  let cell = 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const place = (pixel + 0.5) / ratio;
    while (cell < edges.length - 2 && edges[cell + 1] <= place) {
      cell++;
    }
    if (place >= edges[cell] && place < edges[cell + 1]) {
      cells[pixel] = cell;
    }
  }
  return cells;
}
