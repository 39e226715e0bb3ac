import { makeAxis, makeFrame, makeRow } from '../testing';
import { plotData } from './data';
import type { IFigure } from './figure';
import { layoutFigure } from './layoutfigure';
import { FigurePainter } from './painter';
import { FIGURE_OPTIONS } from './testing';

function figureOf(values: number[][], names: string[]): IFigure {
  const rows = names.map((name, row) => makeRow(name, 'layer', values[row]));
  const data = plotData(
    makeFrame({}, [...rows, makeRow('', 'total', values[0])]),
    ['ttbar', 'zjets', 'data']
  );
  return layoutFigure(data, FIGURE_OPTIONS);
}

function makeSvg(): SVGSVGElement {
  return document.createElementNS('http://www.w3.org/2000/svg', 'svg');
}

describe('FigurePainter', () => {
  beforeAll(() => {
    // There is no canvas here: the pixels are tested where they are made.
    const { prototype } = HTMLCanvasElement;
    jest.spyOn(prototype, 'getContext').mockReturnValue(null);
    jest.spyOn(prototype, 'toDataURL').mockReturnValue('data:,');
  });

  it('paints a figure', () => {
    const svg = makeSvg();
    const figure = figureOf([[1, 2]], ['ttbar']);
    new FigurePainter(svg).paint(figure);
    const area = svg.querySelector('.casa-Plot-layer');
    expect(area?.getAttribute('d')).toBe(figure.main.marks[0].path);
    expect(svg.getAttribute('viewBox')).toBe('0 0 600 400');
    expect(svg.textContent).toContain('Events');
  });

  it('sets subscripts lower, and what follows back on the line', () => {
    const svg = makeSvg();
    new FigurePainter(svg).paint(figureOf([[1, 2]], ['ttbar']));
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
    painter.paint(figureOf([[1, 2]], ['zjets']));
    const elements = [...svg.querySelectorAll('path, rect')];
    const [zjets] = svg.querySelectorAll('.casa-Plot-layer');
    painter.paint(figureOf([[3, 4]], ['zjets']));
    expect([...svg.querySelectorAll('path, rect')]).toEqual(elements);

    // A dataset that joins below leaves the element of the other alone.
    painter.paint(
      figureOf(
        [
          [3, 4],
          [3, 4]
        ],
        ['zjets', 'ttbar']
      )
    );
    const layers = svg.querySelectorAll('.casa-Plot-layer');
    expect(layers).toHaveLength(2);
    expect(layers[1]).toBe(zjets);
  });

  it('paints a panel and a map, and takes them away again', () => {
    const svg = makeSvg();
    const painter = new FigurePainter(svg);
    const pads = (): (string | null)[] =>
      [...svg.querySelectorAll(':scope > g')].map(pad =>
        pad.getAttribute('display')
      );
    const compared = makeFrame(
      { panel: { kind: 'pull', reference: 'a', rows: [] } },
      [makeRow('a', 'line', [1, 2]), makeRow('b', 'line', [2, 2])],
      { panel: [makeRow('b', 'line', [1.2, NaN], [NaN, NaN])] }
    );
    painter.paint(layoutFigure(plotData(compared, []), FIGURE_OPTIONS));
    expect(pads().slice(1, 3)).toEqual([null, null]);
    const cells = Float64Array.of(0, 1, 2, 3);
    const map = makeFrame({ y: makeAxis({ name: 'pt' }) }, [], {
      edges: Float64Array.of(0, 1, 2),
      map: {
        edges: Float64Array.of(0, 1, 2),
        values: cells,
        lower: cells,
        upper: cells
      }
    });
    painter.paint(layoutFigure(plotData(map, []), FIGURE_OPTIONS));
    expect(pads().slice(1, 3)).toEqual([null, 'none']);
    expect(svg.querySelectorAll('.casa-Plot-colorBar rect').length).toBe(64);
    painter.paint(figureOf([[1, 2]], ['ttbar']));
    expect(svg.querySelectorAll('.casa-Plot-colorBar rect').length).toBe(0);
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
