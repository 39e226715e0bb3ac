import type { TranslationBundle } from '@jupyterlab/translation';
import {
  formatMeasuredTime,
  formatExactCount
} from '../../../components/format';
import type { Tone } from '../../../components/tone';
import type {
  DatasetTiles,
  FileState,
  FileTiles,
  RunFile
} from '../../../services/models';
import { kindLabel } from '../failuretexts';
import type { IFileChoice } from './model';

/** The state of a file in the user's words. */
export function fileStateLabel(
  state: FileState,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'waiting':
      return trans.__('Waiting');
    case 'running':
      return trans.__('Running');
    case 'done':
      return trans.__('Done');
    case 'slow':
      return trans.__('Slow');
    case 'failed':
      return trans.__('Failed');
    case 'left out':
      return trans.__('Accepted as missing');
  }
}

/** How the state of a file is coloured in a list. */
export function fileTone(state: FileState): Tone {
  switch (state) {
    case 'waiting':
    case 'left out':
      return 'idle';
    case 'running':
      return 'active';
    case 'done':
      return 'good';
    case 'slow':
      return 'warning';
    case 'failed':
      return 'bad';
  }
}

/** The files that a tile stands for. */
export function tileRange(
  { files_per_tile: size }: Pick<FileTiles, 'files_per_tile'>,
  { files }: Pick<DatasetTiles, 'files'>,
  tile: number
): [first: number, last: number] {
  return [tile * size, Math.min(files, (tile + 1) * size) - 1];
}

/** What a tile stands for, for those who point at it and those who cannot see it. */
export function tileText(
  tiles: Pick<FileTiles, 'files_per_tile' | 'states'>,
  dataset: DatasetTiles,
  tile: number,
  trans: TranslationBundle
): string {
  const [first, last] = tileRange(tiles, dataset, tile);
  const counts = dataset.tiles[tile];
  const title = rangeText(first, last, dataset.dataset, trans);
  if (first === last) {
    const state = tiles.states[counts.findIndex(count => count > 0)];
    return trans.__(
      '%1: %2, %3% of its events',
      title,
      fileStateLabel(state, trans),
      Math.floor(dataset.done[tile] * 100)
    );
  }
  const parts = tiles.states.flatMap((state, number) =>
    counts[number] > 0
      ? [`${fileStateLabel(state, trans)} ${formatExactCount(counts[number])}`]
      : []
  );
  return `${title}: ${parts.join(', ')}`;
}

/** Which files are listed. */
export function choiceText(
  { dataset, first, last, state }: IFileChoice,
  trans: TranslationBundle
): string {
  if (state !== undefined) {
    return trans.__('Files: %1', fileStateLabel(state, trans));
  }
  return dataset !== undefined && first !== undefined && last !== undefined
    ? rangeText(first, last, dataset, trans)
    : trans.__('All files');
}

/** What is known of a file, in one line. */
export function fileText(file: RunFile, trans: TranslationBundle): string {
  const facts = [fileStateLabel(file.state, trans)];
  if (file.chunks_total !== null) {
    facts.push(
      trans._n('%1 chunk', '%1 chunks', file.chunks_total),
      trans.__(
        '%1 of %2 events',
        formatExactCount(file.events_done),
        formatExactCount(file.events_total ?? 0)
      )
    );
  } else if (file.state === 'waiting') {
    facts.push(trans.__('not looked at yet'));
  }
  if (file.chunks_failed > 0) {
    facts.push(
      trans._n('%1 failed chunk', '%1 failed chunks', file.chunks_failed)
    );
  }
  if (file.seconds > 0) {
    facts.push(formatMeasuredTime(file.seconds, trans));
  }
  if (file.worker) {
    facts.push(file.host ? `${file.host} (${file.worker})` : file.worker);
  }
  return facts.join(' · ');
}

/** Why chunks of a file failed. */
export function fileFailureText(
  { kind, cause }: NonNullable<RunFile['failure']>,
  trans: TranslationBundle
): string {
  return `${kindLabel(kind, trans)}. ${cause}`;
}

function rangeText(
  first: number,
  last: number,
  dataset: string,
  trans: TranslationBundle
): string {
  return first === last
    ? trans.__('%2, file %1', formatExactCount(first + 1), dataset)
    : trans.__(
        '%3, files %1 to %2',
        formatExactCount(first + 1),
        formatExactCount(last + 1),
        dataset
      );
}
