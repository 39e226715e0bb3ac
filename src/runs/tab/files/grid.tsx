import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { useSize } from '../../../histograms/hooks';
import type {
  DatasetTiles,
  FileState,
  FileTiles
} from '../../../services/models';
import {
  cornerOf,
  drawTiles,
  type ITileLayout,
  layoutTiles,
  tileAt,
  tileSize
} from './layout';
import { tileText } from './texts';

/** What a grid is drawn as wide as before its width is known, in pixels. */
const WIDTH = 480;

/** The order in which states are painted. */
const PAINTED: readonly FileState[] = [
  'waiting',
  'done',
  'running',
  'left out',
  'slow',
  'failed'
];

interface IGridProps {
  readonly tiles: FileTiles;
  readonly dataset: DatasetTiles;

  /** The tile whose files are listed, if it is one of these. */
  readonly chosen: number | null;

  /** Called with a tile that the user points at or moves to, and with null when that ends. */
  readonly onPoint: (tile: number | null) => void;

  /** Called with a tile whose files are to be listed. */
  readonly onChoose: (tile: number) => void;
  readonly trans: TranslationBundle;
}

/**
 * The files of a dataset as tiles.
 *
 * All tiles of a state are one path, and to keyboards and screen readers the
 * grid is a list of which only the current entry exists: what it costs does not
 * grow with the number of files.
 */
export function Grid(props: IGridProps): JSX.Element {
  const { chosen, dataset, onChoose, onPoint, tiles, trans } = props;
  const id = React.useId();
  const element = React.useRef<HTMLDivElement>(null);
  const [width, setWidth] = React.useState(WIDTH);
  const [current, setCurrent] = React.useState<number | null>(null);
  useSize(
    element,
    React.useCallback((size: number) => setWidth(size || WIDTH), [])
  );
  const number = dataset.tiles.length;
  const size = tileSize(
    tiles.datasets.reduce((sum, each) => sum + each.tiles.length, 0)
  );
  const layout = React.useMemo(
    () => layoutTiles(number, size, width),
    [number, size, width]
  );
  const paths = React.useMemo(
    () => drawTiles(dataset, tiles.states, layout),
    [dataset, tiles.states, layout]
  );
  const point = (tile: number | null): void => {
    setCurrent(tile);
    onPoint(tile);
  };
  const under = (event: React.MouseEvent<Element>): number | null => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return tileAt(layout, number, event.clientX - left, event.clientY - top);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const tile = current ?? chosen ?? 0;
    const next = nextTile(event.key, tile, number, layout.columns);
    if (next !== null) {
      point(next);
    } else if (event.key === 'Enter' || event.key === ' ') {
      onChoose(tile);
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <div
      ref={element}
      className="casa-FileGrid"
      role="listbox"
      tabIndex={0}
      aria-label={trans.__('Files of %1', dataset.dataset)}
      aria-activedescendant={current === null ? undefined : id}
      onKeyDown={onKeyDown}
      onFocus={() => point(current ?? chosen ?? 0)}
      onBlur={() => point(null)}
    >
      <svg
        width={layout.width}
        height={layout.height}
        aria-hidden="true"
        onPointerMove={event => point(under(event))}
        onPointerLeave={() => point(null)}
        onClick={event => {
          const tile = under(event);
          if (tile !== null) {
            onChoose(tile);
          }
        }}
      >
        {PAINTED.map(state => (
          <path key={state} data-state={state} d={paths[state]} />
        ))}
        <Frame layout={layout} tile={chosen} kind="chosen" />
        <Frame layout={layout} tile={current} kind="current" />
      </svg>
      <div
        id={id}
        className="casa-FileGrid-current"
        role="option"
        aria-selected={current !== null && current === chosen}
        aria-setsize={number}
        aria-posinset={(current ?? 0) + 1}
      >
        {tileText(tiles, dataset, current ?? 0, trans)}
      </div>
    </div>
  );
}

interface IFrameProps {
  readonly layout: ITileLayout;
  readonly tile: number | null;
  readonly kind: 'chosen' | 'current';
}

/** Marks a tile. */
function Frame({ kind, layout, tile }: IFrameProps): JSX.Element | null {
  if (tile === null) {
    return null;
  }
  const [x, y] = cornerOf(layout, tile);
  return (
    <rect
      className={`casa-mod-${kind}`}
      x={x}
      y={y}
      width={layout.size}
      height={layout.size}
    />
  );
}

/** Returns the tile that a key leads to; null for other keys. */
function nextTile(
  key: string,
  tile: number,
  tiles: number,
  columns: number
): number | null {
  const inside = (next: number): number =>
    Math.max(0, Math.min(tiles - 1, next));
  switch (key) {
    case 'ArrowLeft':
      return inside(tile - 1);
    case 'ArrowRight':
      return inside(tile + 1);
    case 'ArrowUp':
      return tile >= columns ? tile - columns : tile;
    case 'ArrowDown':
      return tile + columns < tiles ? tile + columns : tile;
    case 'Home':
      return 0;
    case 'End':
      return tiles - 1;
    default:
      return null;
  }
}
