import { makeAxis, makeFrame } from '../testing';
import { colorAt } from './colormap';
import { plotData } from './data';
import { layoutFigure } from './layoutfigure';
import { rasterize } from './figure2d';
import { FIGURE_OPTIONS } from './testing';

function mapOf(values: number[], yBins: number) {
  const cells = Float64Array.from(values);
  const frame = makeFrame({ y: makeAxis({ name: 'pt', bins: yBins }) }, [], {
    edges: Float64Array.from(
      { length: values.length / yBins + 1 },
      (_, edge) => edge
    ),
    map: {
      edges: Float64Array.from({ length: yBins + 1 }, (_, edge) => edge),
      values: cells,
      lower: cells,
      upper: cells
    }
  });
  return plotData(frame, []);
}

describe('layoutMap', () => {
  it('leaves empty cells clear and colours the others by their contents', () => {
    const { image } = layoutFigure(mapOf([0, 1, NaN, 2], 2), FIGURE_OPTIONS);
    const colors = [...(image?.colors ?? [])];
    expect(colors[0]).toBe(0);
    expect(colors[2]).toBe(0);
    expect(colors[3]).not.toBe(colors[1]);
    expect(colors[3] & 0xff).toBe(colorAt(1)[0]);
  });

  it('spreads decades evenly on a logarithmic scale', () => {
    const data = mapOf([1, 10, 100, 1000], 2);
    const { image } = layoutFigure(data, { ...FIGURE_OPTIONS, log: true });
    const reds = [0, 1 / 3, 2 / 3, 1].map(
      place => colorAt(Math.round(place * 255) / 255)[0]
    );
    expect([...(image?.colors ?? [])].map(color => color & 0xff)).toEqual(reds);
  });

  it('has a scale of colours, but not in a thumbnail', () => {
    const data = mapOf([1, 2, 3, 4], 2);
    expect(layoutFigure(data, FIGURE_OPTIONS).colorBar).not.toBeNull();
    const compact = layoutFigure(data, { ...FIGURE_OPTIONS, compact: true });
    expect(compact.colorBar).toBeNull();
  });

  it('colours nothing where there is nothing', () => {
    const { image } = layoutFigure(mapOf([0, 0], 1), FIGURE_OPTIONS);
    expect([...(image?.colors ?? [])]).toEqual([0, 0]);
  });
});

describe('rasterize', () => {
  it('gives each pixel the cell that its middle is in', () => {
    const image = {
      columns: [0, 1, 4],
      rows: [2, 1, 0],
      colors: Uint32Array.of(1, 2, 3, 4)
    };
    // Rows go from the top, the cells of a column from the bottom.
    expect([...rasterize(image, 4, 2, 1)]).toEqual([2, 4, 4, 4, 1, 3, 3, 3]);
  });

  it('leaves out what is not on the axis', () => {
    const image = {
      columns: [-5, -1, 1],
      rows: [1, 0],
      colors: Uint32Array.of(7, 8)
    };
    expect([...rasterize(image, 2, 1, 1)]).toEqual([8, 0]);
  });
});
