import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatExactCount } from '../../../components/format';
import { Problem } from '../../../components/message';
import { MiddleEllipsis } from '../../../components/name';
import { useChanges } from '../../../components/signals';
import type { FileState, FileTiles, Run } from '../../../services/models';
import type { RunTabModel } from '../model';
import { Section } from '../section';
import { Grid } from './grid';
import { FileList } from './list';
import type { FilesModel } from './model';
import { fileStateLabel, tileRange, tileText } from './texts';

interface IFilesProps {
  readonly model: RunTabModel;
  readonly run: Run;
  readonly trans: TranslationBundle;
}

/** How each file of the run is; nothing for runs that do not tell. */
export function Files({ model, run, trans }: IFilesProps): JSX.Element | null {
  if (run.reports_sequence === 0) {
    return null;
  }
  const files = Object.values(run.progress.datasets).reduce(
    (sum, { files_total }) => sum + files_total,
    0
  );
  return (
    <Section
      id="files"
      title={trans.__('Files')}
      remark={files > 0 ? formatExactCount(files) : undefined}
      className="casa-RunTab-files"
    >
      <Contents model={model} trans={trans} />
    </Section>
  );
}

function Contents({ model, trans }: Omit<IFilesProps, 'run'>): JSX.Element {
  const { files } = model;
  useChanges(files, files.tiles);
  React.useEffect(() => model.show('files'), [model]);
  const { problem, value: tiles } = files.tiles;
  return (
    <>
      {problem && <Problem message={problem} tone="warning" />}
      {tiles && <Map files={files} tiles={tiles} trans={trans} />}
      {files.choice && <FileList model={files} trans={trans} />}
    </>
  );
}

interface IMapProps {
  readonly files: FilesModel;
  readonly tiles: FileTiles;
  readonly trans: TranslationBundle;
}

/** All files as tiles, dataset by dataset, with what the colours mean. */
function Map({ files, tiles, trans }: IMapProps): JSX.Element {
  const [pointed, setPointed] = React.useState<string | null>(null);
  const { choice } = files;
  const { datasets, files_per_tile: perTile } = tiles;
  return (
    <>
      <Legend files={files} tiles={tiles} trans={trans} />
      {datasets.map(dataset => (
        <div key={dataset.dataset} className="casa-FileMap">
          {datasets.length > 1 && (
            <div className="casa-FileMap-dataset">
              <MiddleEllipsis text={dataset.dataset} />
            </div>
          )}
          <Grid
            tiles={tiles}
            dataset={dataset}
            chosen={
              choice?.dataset === dataset.dataset && choice.first !== undefined
                ? Math.floor(choice.first / perTile)
                : null
            }
            onPoint={tile =>
              setPointed(
                tile === null ? null : tileText(tiles, dataset, tile, trans)
              )
            }
            onChoose={tile => {
              const [first, last] = tileRange(tiles, dataset, tile);
              files.choose({ dataset: dataset.dataset, first, last });
            }}
            trans={trans}
          />
        </div>
      ))}
      <p className="casa-FileMap-pointed casa-RunTab-message">
        {pointed ??
          (perTile > 1
            ? trans.__(
                'A tile stands for %1 files. Choose one to list them.',
                formatExactCount(perTile)
              )
            : trans.__('A tile is a file. Choose one to look at it.'))}
      </p>
    </>
  );
}

/** What the colours mean; lists all files in a state. */
function Legend({ files, tiles, trans }: IMapProps): JSX.Element {
  const count = (state: FileState): number => {
    const number = tiles.states.indexOf(state);
    return tiles.datasets.reduce((sum, { counts }) => sum + counts[number], 0);
  };
  const isChosen = (state: FileState): boolean => files.choice?.state === state;
  return (
    <ul className="casa-FileLegend" aria-label={trans.__('States of files')}>
      {tiles.states
        .filter(state => count(state) > 0 || isChosen(state))
        .map(state => (
          <li key={state}>
            <button
              type="button"
              data-state={state}
              aria-pressed={isChosen(state)}
              title={trans.__('List these files')}
              onClick={() => files.choose(isChosen(state) ? null : { state })}
            >
              <span className="casa-FileLegend-key" data-state={state} />
              <span>{fileStateLabel(state, trans)}</span>
              <span className="casa-RunTab-remark">
                {formatExactCount(count(state))}
              </span>
            </button>
          </li>
        ))}
    </ul>
  );
}
