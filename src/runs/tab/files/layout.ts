import type { DatasetTiles, FileState } from '../../../services/models';

/** Pixels between tiles. */
const GAP = 2;

/** By how many tiles there are in all, how large one is, in pixels. */
const SIZES: readonly (readonly [upTo: number, size: number])[] = [
  [60, 20],
  [400, 14],
  [Infinity, 10]
];

/** What a tile is made of, from bottom to top; what waits shows where nothing else is. */
const STACK: readonly FileState[] = [
  'done',
  'running',
  'left out',
  'slow',
  'failed'
];

/** Least height of what must not be overlooked, in pixels. */
const LEAST = 3;

/** States that must not be overlooked among many files. */
const URGENT: readonly FileState[] = ['slow', 'failed'];

/** How tiles are laid out in rows. */
export interface ITileLayout {
  readonly size: number;
  readonly columns: number;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
}

/** Returns how large a tile is, where there are so many. */
export function tileSize(tiles: number): number {
  return SIZES.find(([upTo]) => tiles <= upTo)?.[1] ?? LEAST;
}

/** Lays tiles out in rows of a given width. */
export function layoutTiles(
  tiles: number,
  size: number,
  width: number
): ITileLayout {
  const step = size + GAP;
  const columns = Math.max(1, Math.floor((width + GAP) / step));
  const rows = Math.ceil(tiles / columns);
  return {
    size,
    columns,
    rows,
    width: Math.min(columns, tiles) * step - GAP,
    height: Math.max(0, rows * step - GAP)
  };
}

/** Returns the number of the tile at a point, or null where there is none. */
export function tileAt(
  layout: ITileLayout,
  tiles: number,
  x: number,
  y: number
): number | null {
  const step = layout.size + GAP;
  const column = Math.floor(x / step);
  const tile = Math.floor(y / step) * layout.columns + column;
  const isInside = x >= 0 && y >= 0 && column < layout.columns;
  return isInside && tile < tiles ? tile : null;
}

/** Returns where a tile's upper left corner is. */
export function cornerOf(
  layout: ITileLayout,
  tile: number
): [x: number, y: number] {
  const step = layout.size + GAP;
  return [
    (tile % layout.columns) * step,
    Math.floor(tile / layout.columns) * step
  ];
}

/** What is drawn of tiles: one SVG path for each state, however many tiles there are. */
export type TilePaths = Readonly<Record<FileState, string>>;

/**
 * Draws the tiles of a dataset.
 *
 * @param states - what the numbers of a tile count, in order
 */
export function drawTiles(
  dataset: DatasetTiles,
  states: readonly FileState[],
  layout: ITileLayout
): TilePaths {
  const paths: Record<FileState, string> = {
    waiting: '',
    running: '',
    done: '',
    slow: '',
    failed: '',
    'left out': ''
  };
  dataset.tiles.forEach((counts, tile) => {
    const [x, y] = cornerOf(layout, tile);
    paths.waiting += rectangle(x, y, layout.size, layout.size);
    let top = layout.size;
    for (const [state, height] of partsOf(
      counts,
      states,
      dataset.done[tile],
      layout.size
    )) {
      top -= height;
      paths[state] += rectangle(x, y + top, layout.size, height);
    }
  });
  return paths;
}

/** Returns the height of each state in a tile, from bottom to top. */
export function partsOf(
  counts: readonly number[],
  states: readonly FileState[],
  done: number,
  size: number
): [FileState, number][] {
  const files = counts.reduce((sum, count) => sum + count, 0);
  const count = (state: FileState): number => counts[states.indexOf(state)];
  if (files === 1 && (count('waiting') || count('running'))) {
    const filled = Math.round(done * size);
    const rest: [FileState, number] = ['running', size - filled];
    return [['done', filled], ...(count('running') ? [rest] : [])];
  }
  const parts = STACK.map((state): [FileState, number] => {
    const height = Math.round((count(state) / files) * size);
    const least = count(state) && URGENT.includes(state) ? LEAST : 0;
    return [state, Math.max(height, least)];
  });
  // What is urgent takes its place from what is not.
  let excess = parts.reduce((sum, [, height]) => sum + height, 0) - size;
  for (const part of parts) {
    const cut = Math.min(Math.max(0, excess), part[1]);
    part[1] -= cut;
    excess -= cut;
  }
  return parts.filter(([, height]) => height > 0);
}

function rectangle(
  x: number,
  y: number,
  width: number,
  height: number
): string {
  return `M${x} ${y}h${width}v${height}h${-width}z`;
}
