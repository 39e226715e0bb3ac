import type { DatasetTiles, FileState } from '../../../services/models';
import {
  cornerOf,
  drawTiles,
  layoutTiles,
  partsOf,
  tileAt,
  tileSize
} from './layout';

const STATES: readonly FileState[] = [
  'waiting',
  'running',
  'done',
  'slow',
  'failed',
  'left out'
];

const part = (counts: number[], done = 0): Record<string, number> =>
  Object.fromEntries(partsOf(counts, STATES, done, 20));

describe('tiles', () => {
  it('fill rows from the left, and are found where they are', () => {
    const layout = layoutTiles(25, 10, 120);
    expect(layout).toEqual({
      size: 10,
      columns: 10,
      rows: 3,
      width: 118,
      height: 34
    });
    for (const tile of [0, 9, 10, 24]) {
      const [x, y] = cornerOf(layout, tile);
      expect(tileAt(layout, 25, x + 5, y + 5)).toBe(tile);
    }
    expect(tileAt(layout, 25, 62, 26)).toBeNull();
    expect(tileAt(layout, 25, -1, 5)).toBeNull();
    expect(tileAt(layout, 25, 121, 5)).toBeNull();
  });

  it('fit where hardly anything does', () => {
    expect(layoutTiles(3, 20, 5)).toMatchObject({ columns: 1, rows: 3 });
    expect(layoutTiles(0, 20, 500)).toMatchObject({ rows: 0, height: 0 });
  });

  it('are smaller where there are more', () => {
    expect([9, 200, 2_000].map(tileSize)).toEqual([20, 14, 10]);
  });

  it('show how many of their files are in which state', () => {
    expect(part([25, 0, 25, 0, 0, 0])).toEqual({ done: 10 });
    expect(part([0, 10, 40, 0, 0, 0])).toEqual({ done: 16, running: 4 });
    expect(part([50, 0, 0, 0, 0, 0])).toEqual({});
    expect(part([0, 0, 0, 0, 0, 50])).toEqual({ 'left out': 20 });
  });

  it('never hide the one file that has failed', () => {
    const parts = part([0, 0, 998, 1, 1, 0]);
    expect(parts).toEqual({ done: 14, slow: 3, failed: 3 });
    expect(Object.values(parts).reduce((sum, height) => sum + height)).toBe(20);
  });

  it('of one file show how much of it is done', () => {
    expect(part([1, 0, 0, 0, 0, 0], 0.5)).toEqual({ done: 10 });
    expect(part([0, 1, 0, 0, 0, 0], 0.25)).toEqual({ done: 5, running: 15 });
    expect(part([0, 0, 0, 0, 1, 0], 0.5)).toEqual({ failed: 20 });
  });

  it('are one path a state, however many there are', () => {
    const number = 1_500;
    const dataset: DatasetTiles = {
      dataset: 'ttbar',
      files: number,
      counts: [0, 0, number, 0, 0, 0],
      tiles: Array.from({ length: number }, () => [0, 0, 1, 0, 0, 0]),
      done: Array.from({ length: number }, () => 1)
    };
    const paths = drawTiles(dataset, STATES, layoutTiles(number, 10, 600));
    expect(Object.keys(paths)).toHaveLength(STATES.length);
    expect(paths.done.match(/M/g)).toHaveLength(number);
    expect(paths.failed).toBe('');
  });
});
