import { type Selection, select } from 'd3-selection';

import type { IFigure } from './figure';
import { rasterize } from './figure2d';
import type { ITextRun } from './label';
import type { ILegendEntry } from './legend';
import { PadPainter } from './padpainter';
import { writeRuns } from './text';

type Group = Selection<SVGGElement, unknown, null, undefined>;

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
    const id = ++FigurePainter._count;
    this._hatch = `casa-hatch-${id}`;
    this._svg = root;
    const defs = root.append('defs');
    this._addHatch(defs);
    this._bar = root.append('g').attr('class', 'casa-Plot-colorBar');
    this._main = new PadPainter(root.append('g'), {
      clip: `casa-clip-${id}-main`,
      hatch: this._hatch
    });
    this._panel = new PadPainter(root.append('g'), {
      clip: `casa-clip-${id}-panel`,
      hatch: this._hatch
    });
    this._legend = root.append('g').attr('class', 'casa-Plot-legend');
  }

  /** Paints a figure in place of the one before. */
  paint(figure: IFigure): void {
    const { fontSize, height, legend, main, panel, width } = figure;
    this._svg
      .attr('viewBox', `0 0 ${width} ${height}`)
      .attr('font-size', fontSize);
    this._main.paint(main, fontSize, panel ? null : height);
    this._panel.paint(panel, fontSize, height);
    this._paintImage(figure);
    this._paintBar(figure);
    this._paintLegend(legend, fontSize);
    this._legend.attr(
      'transform',
      `translate(${main.frame.left},${main.frame.top})`
    );
  }

  /** Takes away all that was painted, and what it was painted with. */
  clear(): void {
    this._svg.selectAll('*').remove();
  }

  private _addHatch(
    defs: Selection<SVGDefsElement, unknown, null, undefined>
  ): void {
    defs
      .append('pattern')
      .attr('id', this._hatch)
      .attr('patternUnits', 'userSpaceOnUse')
      .attr('width', 5)
      .attr('height', 5)
      .attr('patternTransform', 'rotate(45)')
      .append('line')
      .attr('class', 'casa-Plot-hatch')
      .attr('y2', 5);
  }

  private _paintImage({ image, main }: IFigure): void {
    if (!image) {
      this._main.setImage(null);
      return;
    }
    const { height, width } = main.frame;
    const ratio = window.devicePixelRatio || 1;
    const canvas = (this._canvas ??= document.createElement('canvas'));
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    const pixels = rasterize(image, width, height, ratio);
    const bytes = new Uint8ClampedArray(pixels.buffer as ArrayBuffer);
    canvas
      .getContext('2d')
      ?.putImageData(new ImageData(bytes, canvas.width, canvas.height), 0, 0);
    this._main.setImage(canvas.toDataURL());
  }

  private _paintBar({ colorBar, fontSize }: IFigure): void {
    const bars = this._bar
      .selectAll<SVGRectElement, string>('rect')
      .data(colorBar?.colors ?? []);
    const labels = this._bar
      .selectAll<SVGTextElement, readonly ITextRun[]>('text.casa-Plot-label')
      .data(colorBar ? [colorBar.label] : []);
    const ticks = colorBar?.ticks.filter(({ label }) => label !== null) ?? [];
    const numbers = this._bar
      .selectAll<SVGTextElement, unknown>('text.casa-Plot-number')
      .data(ticks);
    if (colorBar) {
      const { height, left, top, width } = colorBar.frame;
      const step = height / colorBar.colors.length;
      this._bar.attr('transform', `translate(${left},${top})`);
      bars
        .join('rect')
        .attr('width', width)
        // A hair more, so that nothing shines through between two.
        .attr('height', step + 0.5)
        .attr('y', (_, index) => height - (index + 1) * step)
        .attr('fill', color => color);
      labels
        .join('text')
        .attr('class', 'casa-Plot-label')
        .attr('text-anchor', 'end')
        .attr(
          'transform',
          `translate(${this._barWidth(colorBar, fontSize)},0) rotate(-90)`
        )
        .each(function (label) {
          writeRuns(this, label);
        });
      numbers
        .join('text')
        .attr('class', 'casa-Plot-number')
        .attr('x', width + 5)
        .attr('y', ({ position }) => position + fontSize * 0.35)
        .each(function ({ label }) {
          writeRuns(this, label ?? []);
        });
    } else {
      bars.join('rect');
      labels.join('text');
      numbers.join('text');
    }
  }

  /** Returns where the label beside the scale of colours stands. */
  private _barWidth(
    { frame }: NonNullable<IFigure['colorBar']>,
    fontSize: number
  ): number {
    const width = Number(this._svg.attr('viewBox').split(' ')[2]);
    return width - frame.left - fontSize * 0.4;
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
        kind === 'uncertainty' ? hatch : kind === 'line' ? 'none' : color
      )
      .attr('stroke', ({ color, kind }) => (kind === 'layer' ? null : color));
    entries
      .select<SVGTextElement>('text')
      .attr('x', 22)
      .attr('y', fontSize * 0.35)
      .each(function ({ label }) {
        writeRuns(this, label);
      });
  }

  /** Number of figures made: ids of what they define are unique in the page. */
  private static _count = 0;

  private _bar: Group;
  private _canvas: HTMLCanvasElement | null = null;
  private _hatch: string;
  private _legend: Group;
  private _main: PadPainter;
  private _panel: PadPainter;
  private _svg: Selection<SVGSVGElement, unknown, null, undefined>;
}

const POINT = 'M8,-6V6M5,0a3,3 0 1 0 6,0a3,3 0 1 0 -6,0Z';

/** Patches of the legend, around the middle of the line. */
const LEGEND_KEYS: Record<ILegendEntry['kind'], string> = {
  layer: 'M0,-5H16V5H0Z',
  uncertainty: 'M0,-5H16V5H0Z',
  line: 'M0,0H16',
  points: POINT,
  data: POINT
};
