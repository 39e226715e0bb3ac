import { makeFrame } from '../testing';
import { plotData } from './bins';
import { type IFigure, layoutFigure } from './figure';
import { FigurePainter } from './painter';

function figureOf(values: number[][], stack: string[]): IFigure {
  const data = plotData(makeFrame({ stack }, values), {
    flow: false,
    order: ['ttbar', 'zjets', 'data'],
    points: false,
    measuredName: 'Data',
    otherName: 'other'
  });
  return layoutFigure(data, {
    width: 600,
    height: 400,
    log: false,
    compact: false,
    xLabel: '$p_T$ [GeV]',
    yLabel: 'Events',
    uncertaintyName: 'Stat. unc.',
    remark: () => null
  });
}

function makeSvg(): SVGSVGElement {
  return document.createElementNS('http://www.w3.org/2000/svg', 'svg');
}

describe('FigurePainter', () => {
  it('paints a figure', () => {
    const svg = makeSvg();
    const figure = figureOf([[0, 1, 2, 0]], ['ttbar']);
    new FigurePainter(svg).paint(figure);
    const area = svg.querySelector('.casa-Plot-layers path');
    expect(area?.getAttribute('d')).toBe(figure.layers[0].area);
    expect(svg.getAttribute('viewBox')).toBe('0 0 600 400');
    expect(svg.textContent).toContain('Events');
  });

  it('sets subscripts lower, and what follows back on the line', () => {
    const svg = makeSvg();
    new FigurePainter(svg).paint(figureOf([[0, 1, 2, 0]], ['ttbar']));
    const [label] = svg.querySelectorAll('.casa-Plot-label');
    const pieces = [...label.querySelectorAll('tspan')].map(piece => [
      piece.textContent,
      Number(
        piece.getAttribute('dy')
          ? parseFloat(piece.getAttribute('dy') ?? '')
          : 0
      ),
      parseFloat(piece.getAttribute('font-size') ?? '1')
    ]);
    expect(pieces.map(([text]) => text)).toEqual(['p', 'T', ' [GeV]']);
    // Shifts count in the size of each piece: down by as much as up.
    const shifts = pieces.map(([, dy, size]) => Number(dy) * Number(size));
    expect(shifts[1]).toBeGreaterThan(0);
    expect(shifts[1] + shifts[2]).toBeCloseTo(0);
  });

  it('changes elements in place', () => {
    const svg = makeSvg();
    const painter = new FigurePainter(svg);
    painter.paint(figureOf([[0, 1, 2, 0]], ['zjets']));
    const elements = [...svg.querySelectorAll('path, rect')];
    const [zjets] = svg.querySelectorAll('.casa-Plot-layers path');
    painter.paint(figureOf([[0, 3, 4, 0]], ['zjets']));
    expect([...svg.querySelectorAll('path, rect')]).toEqual(elements);

    // A dataset that joins below leaves the element of the other alone.
    painter.paint(
      figureOf(
        [
          [0, 3, 4, 0],
          [0, 3, 4, 0]
        ],
        ['zjets', 'ttbar']
      )
    );
    const layers = svg.querySelectorAll('.casa-Plot-layers path');
    expect(layers).toHaveLength(2);
    expect(layers[1]).toBe(zjets);
  });

  it('gives each plot a hatch of its own', () => {
    const [one, other] = [makeSvg(), makeSvg()];
    new FigurePainter(one);
    new FigurePainter(other);
    const id = (svg: SVGSVGElement): string | undefined =>
      svg.querySelector('pattern')?.id;
    expect(id(one)).not.toBe(id(other));
  });
});
