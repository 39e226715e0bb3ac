import type { Selection } from 'd3-selection';

import type { IMark, IPad } from './figure';
import { fitLabel } from './fit';
import type { ITick } from './ticks';
import { writeRuns } from './text';

type Group = Selection<SVGGElement, unknown, null, undefined>;
type Path = Selection<SVGPathElement, unknown, null, undefined>;

/** Length of major and minor ticks in units of the font size. */
const MAJOR_TICK = 0.6;
const MINOR_TICK = 0.3;

/** Paints one frame with its axes: the plot, or the panel below. */
export class PadPainter {
  constructor(pad: Group, options: { clip: string; hatch: string }) {
    this._pad = pad;
    this._hatch = `url(#${options.hatch})`;
    const group = (name: string): Group =>
      pad.append('g').attr('class', `casa-Plot-${name}`);
    const path = (name: string): Path =>
      pad.append('path').attr('class', `casa-Plot-${name}`);
    this._clip = pad.append('clipPath').attr('id', options.clip).append('rect');
    const clipped = pad.append('g').attr('clip-path', `url(#${options.clip})`);
    this._image = clipped
      .append('image')
      .attr('class', 'casa-Plot-image')
      .attr('preserveAspectRatio', 'none');
    this._marks = clipped.append('g').attr('class', 'casa-Plot-marks');
    this._separators = group('separators');
    this._xAxis = group('xAxis');
    this._yAxis = group('yAxis');
    this._xMarks = path('ticks');
    this._yMarks = path('ticks');
    this._border = pad.append('rect').attr('class', 'casa-Plot-border');
    this._xLabel = pad.append('text').attr('class', 'casa-Plot-label');
    this._yLabel = pad.append('text').attr('class', 'casa-Plot-label');
  }

  /**
   * Paints a pad in place of the one before.
   *
   * @param bottom - Lower end of the figure, where the label of the axis
   * stands; null where it has none.
   */
  paint(pad: IPad | null, fontSize: number, bottom: number | null): void {
    this._pad.attr('display', pad ? null : 'none');
    if (!pad) {
      return;
    }
    const { frame } = pad;
    this._pad.attr('transform', `translate(${frame.left},${frame.top})`);
    for (const rect of [this._border, this._clip]) {
      rect.attr('width', frame.width).attr('height', frame.height);
    }
    this._image.attr('width', frame.width).attr('height', frame.height);
    this._paintMarks(pad.marks);
    this._separators
      .selectAll('line')
      .data(pad.separators)
      .join('line')
      .attr('x1', x => x)
      .attr('x2', x => x)
      .attr('y2', frame.height);
    this._paintXAxis(pad, fontSize);
    this._paintYAxis(pad, fontSize);
    this._paintLabels(pad, fontSize, bottom);
  }

  /** Shows an image that fills the frame, or none. */
  setImage(address: string | null): void {
    this._image.attr('href', address).attr('display', address ? null : 'none');
  }

  private _paintMarks(marks: readonly IMark[]): void {
    this._marks
      .selectAll<SVGPathElement, IMark>('path')
      .data(marks, ({ key }) => key)
      .join('path')
      .order()
      .attr('class', ({ color, kind }) =>
        color ? `casa-Plot-${kind} casa-mod-colored` : `casa-Plot-${kind}`
      )
      .attr('d', ({ path }) => path)
      .attr('fill', ({ color, kind }) =>
        kind === 'band' ? this._hatch : FILLED.has(kind) ? color : null
      )
      .attr('stroke', ({ color, kind }) => (FILLED.has(kind) ? null : color));
  }

  private _paintXAxis(pad: IPad, fontSize: number): void {
    const { height, width } = pad.frame;
    const ticks = pad.xTicks.filter(
      ({ position }) => position >= -0.5 && position <= width + 0.5
    );
    this._xMarks.attr(
      'd',
      ticks
        .map(tick => {
          const length = tickLength(tick, fontSize);
          const x = pixels(tick.position);
          const below = `M${x},${pixels(height)}V${pixels(height - length)}`;
          return pad.isFramed ? `${below}M${x},0V${pixels(length)}` : below;
        })
        .join('')
    );
    const y = height + fontSize * 1.25;
    numbers(this._xAxis, ticks)
      .attr('text-anchor', pad.slanted ? 'end' : 'middle')
      .attr('transform', ({ position }) =>
        pad.slanted
          ? `translate(${position},${y}) rotate(-33)`
          : `translate(${position},${y})`
      );
  }

  private _paintYAxis(
    { frame, isFramed, yTicks }: IPad,
    fontSize: number
  ): void {
    this._yMarks.attr(
      'd',
      yTicks
        .map(tick => {
          const length = tickLength(tick, fontSize);
          const y = pixels(tick.position);
          const left = `M0,${y}H${pixels(length)}`;
          const right = `M${pixels(frame.width)},${y}H${pixels(frame.width - length)}`;
          return isFramed ? `${left}${right}` : left;
        })
        .join('')
    );
    numbers(this._yAxis, yTicks)
      .attr('text-anchor', 'end')
      .attr('x', -fontSize * 0.4)
      .attr('y', ({ position }) => position + fontSize * 0.35);
  }

  private _paintLabels(
    { frame, xLabel, yLabel }: IPad,
    fontSize: number,
    bottom: number | null
  ): void {
    this._xLabel
      .attr('text-anchor', 'end')
      .attr('x', frame.width)
      .attr('y', (bottom ?? 0) - frame.top - fontSize * 0.5)
      .each(function () {
        const room = frame.left + frame.width;
        const shown = bottom === null ? [] : xLabel;
        writeRuns(this, fitLabel(shown, room, fontSize));
      });
    this._yLabel
      .attr('text-anchor', 'end')
      .attr('transform', `translate(${fontSize - frame.left},0) rotate(-90)`)
      .each(function () {
        writeRuns(this, fitLabel(yLabel, frame.height, fontSize));
      });
  }

  private _border: Selection<SVGRectElement, unknown, null, undefined>;
  private _clip: Selection<SVGRectElement, unknown, null, undefined>;
  private _hatch: string;
  private _image: Selection<SVGImageElement, unknown, null, undefined>;
  private _marks: Group;
  private _pad: Group;
  private _separators: Group;
  private _xAxis: Group;
  private _xLabel: Selection<SVGTextElement, unknown, null, undefined>;
  private _xMarks: Path;
  private _yAxis: Group;
  private _yLabel: Selection<SVGTextElement, unknown, null, undefined>;
  private _yMarks: Path;
}

/** What is drawn as a surface; all else is drawn as a line. */
const FILLED = new Set<IMark['kind']>(['layer', 'single', 'points']);

/** Writes what ticks are labelled with. */
function numbers(
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

/** Rounds to a hundredth of a pixel, to keep paths short. */
function pixels(value: number): number {
  return Math.round(value * 100) / 100;
}

function tickLength({ label }: ITick, fontSize: number): number {
  return fontSize * (label ? MAJOR_TICK : MINOR_TICK);
}
