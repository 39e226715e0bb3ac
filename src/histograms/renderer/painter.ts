import { type Selection, select } from 'd3-selection';

import type { IFigure } from './figure';
import { type ITextRun, SCRIPT_SCALE } from './label';
import type { ILegendEntry } from './legend';
import type { ITick } from './ticks';

type Group = Selection<SVGGElement, unknown, null, undefined>;

/** Length of major and minor ticks in units of the font size. */
const MAJOR_TICK = 0.6;
const MINOR_TICK = 0.3;

/**
 * Paints figures into an SVG element, one after the other.
 *
 * Elements are changed in place and never made anew while they have a
 * successor, so that a plot that fills does not flicker.
 */
export class FigurePainter {
  constructor(svg: SVGSVGElement) {
    const root = select(svg);
    root.selectAll('*').remove();
    const hatch = `casa-hatch-${++Private.hatches}`;
    this._svg = root;
    this._addHatch(hatch);
    this._frame = root.append('g');
    const group = (name: string): Group =>
      this._frame.append('g').attr('class', `casa-Plot-${name}`);
    this._layers = group('layers');
    this._outline = this._path('outline');
    this._band = this._path('band').attr('fill', `url(#${hatch})`);
    this._bars = this._path('bars');
    this._pointBars = this._path('pointBars');
    this._points = this._path('points');
    this._separators = group('separators');
    this._xAxis = group('xAxis');
    this._yAxis = group('yAxis');
    this._xMarks = this._path('ticks');
    this._yMarks = this._path('ticks');
    this._border = this._frame.append('rect').attr('class', 'casa-Plot-border');
    this._xLabel = this._frame.append('text').attr('class', 'casa-Plot-label');
    this._yLabel = this._frame.append('text').attr('class', 'casa-Plot-label');
    this._legend = group('legend');
    this._hatch = hatch;
  }

  /** Paints a figure in place of the one before. */
  paint(figure: IFigure): void {
    const { width, height, fontSize, frame } = figure;
    this._svg
      .attr('viewBox', `0 0 ${width} ${height}`)
      .attr('font-size', fontSize);
    this._frame.attr('transform', `translate(${frame.left},${frame.top})`);
    this._border.attr('width', frame.width).attr('height', frame.height);
    this._paintMarks(figure);
    this._paintXAxis(figure);
    this._paintYAxis(figure);
    this._paintLabels(figure);
    this._paintLegend(figure.legend, fontSize);
  }

  private _addHatch(id: string): void {
    this._svg
      .append('defs')
      .append('pattern')
      .attr('id', id)
      .attr('patternUnits', 'userSpaceOnUse')
      .attr('width', 5)
      .attr('height', 5)
      .attr('patternTransform', 'rotate(45)')
      .append('line')
      .attr('class', 'casa-Plot-hatch')
      .attr('y2', 5);
  }

  private _path(
    name: string
  ): Selection<SVGPathElement, unknown, null, undefined> {
    return this._frame.append('path').attr('class', `casa-Plot-${name}`);
  }

  private _paintMarks(figure: IFigure): void {
    const { frame, layers, single } = figure;
    this._layers
      .selectAll<SVGPathElement, unknown>('path')
      .data(layers, (layer, index) =>
        layer ? (layer as { key: string }).key : String(index)
      )
      .join('path')
      .order()
      .attr('d', layer => layer.area)
      .attr('fill', layer => layer.color)
      .attr('fill-opacity', single ? 0.25 : null);
    this._outline
      .attr('d', figure.outline)
      .attr('stroke', single ? layers[0].color : null)
      .classed('casa-mod-single', single);
    this._band.attr('d', figure.band);
    this._bars
      .attr('d', figure.bars)
      .attr('stroke', single ? layers[0].color : null);
    this._pointBars.attr('d', figure.pointBars);
    this._points.attr('d', figure.points);
    this._separators
      .selectAll('line')
      .data(figure.separators)
      .join('line')
      .attr('x1', x => x)
      .attr('x2', x => x)
      .attr('y2', frame.height);
  }

  private _paintXAxis({ fontSize, frame, slanted, xTicks }: IFigure): void {
    const { height } = frame;
    this._xMarks.attr(
      'd',
      xTicks
        .map(tick => {
          const end = pixels(height - tickLength(tick, fontSize));
          return `M${pixels(tick.position)},${pixels(height)}V${end}`;
        })
        .join('')
    );
    const y = height + fontSize * 1.25;
    this._numbers(this._xAxis, xTicks)
      .attr('text-anchor', slanted ? 'end' : 'middle')
      .attr('transform', ({ position }) =>
        slanted
          ? `translate(${position},${y}) rotate(-33)`
          : `translate(${position},${y})`
      );
  }

  private _paintYAxis({ fontSize, yTicks }: IFigure): void {
    this._yMarks.attr(
      'd',
      yTicks
        .map(tick => {
          const end = pixels(tickLength(tick, fontSize));
          return `M0,${pixels(tick.position)}H${end}`;
        })
        .join('')
    );
    this._numbers(this._yAxis, yTicks)
      .attr('text-anchor', 'end')
      .attr('x', -fontSize * 0.4)
      .attr('y', ({ position }) => position + fontSize * 0.35);
  }

  /** Writes what ticks are labelled with. */
  private _numbers(
    axis: Group,
    ticks: readonly ITick[]
  ): Selection<SVGTextElement, ITick, SVGGElement, unknown> {
    return axis
      .selectAll<SVGTextElement, ITick>('text')
      .data(ticks.filter(({ label }) => label !== null))
      .join('text')
      .each(function ({ label }) {
        writeRuns(this, label ?? []);
      });
  }

  private _paintLabels(figure: IFigure): void {
    const { fontSize, frame, height } = figure;
    this._xLabel
      .attr('text-anchor', 'end')
      .attr('x', frame.width)
      .attr('y', height - frame.top - fontSize * 0.5)
      .each(function () {
        writeRuns(this, figure.xLabel);
      });
    this._yLabel
      .attr('text-anchor', 'end')
      .attr('transform', `translate(${fontSize - frame.left},0) rotate(-90)`)
      .each(function () {
        writeRuns(this, figure.yLabel);
      });
  }

  private _paintLegend(
    legend: readonly ILegendEntry[],
    fontSize: number
  ): void {
    const entries = this._legend
      .selectAll<SVGGElement, ILegendEntry>('g')
      .data(legend)
      .join(enter => {
        const entry = enter.append('g');
        entry.append('path').attr('class', 'casa-Plot-key');
        entry.append('text');
        return entry;
      })
      .attr('transform', ({ x, y }) => `translate(${x},${y})`);
    const hatch = `url(#${this._hatch})`;
    entries
      .select('path')
      .attr('class', ({ kind }) => `casa-Plot-key casa-mod-${kind}`)
      .attr('d', ({ kind }) => LEGEND_KEYS[kind])
      .attr('fill', ({ color, kind }) =>
        kind === 'uncertainty' ? hatch : color
      );
    entries
      .select<SVGTextElement>('text')
      .attr('x', 22)
      .attr('y', fontSize * 0.35)
      .each(function ({ label }) {
        writeRuns(this, label);
      });
  }

  private _band: Selection<SVGPathElement, unknown, null, undefined>;
  private _bars: Selection<SVGPathElement, unknown, null, undefined>;
  private _border: Selection<SVGRectElement, unknown, null, undefined>;
  private _frame: Group;
  private _hatch: string;
  private _layers: Group;
  private _legend: Group;
  private _outline: Selection<SVGPathElement, unknown, null, undefined>;
  private _pointBars: Selection<SVGPathElement, unknown, null, undefined>;
  private _points: Selection<SVGPathElement, unknown, null, undefined>;
  private _separators: Group;
  private _svg: Selection<SVGSVGElement, unknown, null, undefined>;
  private _xAxis: Group;
  private _xMarks: Selection<SVGPathElement, unknown, null, undefined>;
  private _xLabel: Selection<SVGTextElement, unknown, null, undefined>;
  private _yAxis: Group;
  private _yMarks: Selection<SVGPathElement, unknown, null, undefined>;
  private _yLabel: Selection<SVGTextElement, unknown, null, undefined>;
}

/** Patches of the legend, around the middle of the line. */
const LEGEND_KEYS: Record<ILegendEntry['kind'], string> = {
  layer: 'M0,-5H16V5H0Z',
  uncertainty: 'M0,-5H16V5H0Z',
  measured: 'M8,-6V6M5,0a3,3 0 1 0 6,0a3,3 0 1 0 -6,0Z'
};

/** Sets a text element to pieces of text, with scripts above and below. */
function writeRuns(element: SVGTextElement, runs: readonly ITextRun[]): void {
  const text = JSON.stringify(runs);
  if (Private.texts.get(element) === text) {
    return;
  }
  Private.texts.set(element, text);
  const size = (script: ITextRun['script']): string | null =>
    script === 'base' ? null : `${SCRIPT_SCALE}em`;
  let shift = 0;
  const pieces = runs.map(run => {
    // `dy` moves all that follows, in units of the piece's own size.
    const wanted = { base: 0, sub: 0.25, super: -0.4 }[run.script];
    const scale = run.script === 'base' ? 1 : SCRIPT_SCALE;
    const dy = (wanted - shift) / scale;
    shift = wanted;
    return { ...run, dy };
  });
  select(element)
    .selectAll<SVGTSpanElement, unknown>('tspan')
    .data(pieces)
    .join('tspan')
    .attr('font-size', ({ script }) => size(script))
    .attr('font-style', ({ italic }) => (italic ? 'italic' : null))
    .attr('dy', ({ dy }) => (dy === 0 ? null : `${dy}em`))
    .text(({ text }) => text);
}

/** Rounds to a hundredth of a pixel, to keep paths short. */
function pixels(value: number): number {
  return Math.round(value * 100) / 100;
}

function tickLength({ label }: ITick, fontSize: number): number {
  return fontSize * (label ? MAJOR_TICK : MINOR_TICK);
}

/** A namespace for module state. */
namespace Private {
  /** Number of hatch patterns made: their ids are unique in the page. */
  // eslint-disable-next-line prefer-const
  export let hatches = 0;

  /** What text elements show: most labels are those of the frame before. */
  export const texts = new WeakMap<SVGTextElement, string>();
}
