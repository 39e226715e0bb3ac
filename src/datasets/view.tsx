import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React, { useState } from 'react';
import { CommandIDs } from '../commands';
import { useAction } from '../components/action';
import { IconButton, TextButton } from '../components/button';
import { CopyButton } from '../components/copy';
import { dragsCell } from '../components/celldrag';
import { formatBytes, formatCount } from '../components/format';
import { ListState } from '../components/lists';
import { EmptyState, Problem } from '../components/message';
import { MiddleEllipsis } from '../components/name';
import { SelectionBar } from '../components/selectionbar';
import { useChanges } from '../components/signals';
import { casaIcon } from '../icons';
import type { Dataset } from '../services/models';
import { filesetCode } from './fileset';
import { groupDatasets, type IDatasetGroup } from './groups';
import type { DatasetSelection } from './selection';
import type { IDatasetManager } from './tokens';

/** More datasets than this are not drawn; the filter narrows. */
const MOST = 500;

/** With fewer datasets than this, a filter is only in the way. */
const WORTH_FILTERING = 5;

interface IDatasetsViewProps {
  commands: CommandRegistry;
  manager: IDatasetManager;
  selection: DatasetSelection;
  trans: TranslationBundle;
}

/** The datasets section of the sidebar. */
export function DatasetsView(props: IDatasetsViewProps): JSX.Element {
  const { commands, manager, selection, trans } = props;
  useChanges(manager, selection);
  const [filter, setFilter] = useState('');

  const { groups, hidden } = groupDatasets(
    manager.datasets,
    manager.sources,
    filter,
    MOST
  );
  return (
    <>
      <ListState manager={manager} trans={trans} />
      {manager.datasets.length >= WORTH_FILTERING && (
        <input
          type="search"
          className="jp-mod-styled casa-Input casa-Filter"
          aria-label={trans.__('Filter datasets by name')}
          placeholder={trans.__('Filter datasets')}
          value={filter}
          onChange={event => setFilter(event.target.value)}
        />
      )}
      {manager.isReady && manager.sources.length === 0 && (
        <EmptyState
          icon={casaIcon}
          message={trans.__(
            'No datasets yet. Add a fileset, a ROOT file or a folder of ROOT files.'
          )}
          action={{
            label: trans.__('Add Datasets…'),
            execute: () => void commands.execute(CommandIDs.addSource)
          }}
        />
      )}
      {groups.map(group => (
        <SourceGroup key={group.source.id} group={group} {...props} />
      ))}
      {filter && groups.length === 0 && (
        <p className="casa-Note">
          {trans.__('No dataset matches "%1".', filter)}
        </p>
      )}
      {hidden > 0 && (
        <p className="casa-Note">
          {trans.__('%1 more are not shown. Filter to find them.', hidden)}
        </p>
      )}
      <Selected {...props} />
    </>
  );
}

function SourceGroup({
  group: { source, datasets },
  manager,
  selection,
  trans
}: IDatasetsViewProps & { group: IDatasetGroup }): JSX.Element {
  const removal = useAction();
  return (
    <section
      className={`casa-Source${source.problem ? ' casa-mod-problem' : ''}`}
      aria-label={source.label}
    >
      <header className="casa-Source-header" title={source.path}>
        <span className="casa-Source-label">{source.label}</span>
        {source.removable && (
          <IconButton
            icon={closeIcon}
            label={trans.__('Remove %1 from the list', source.label)}
            disabled={removal.busy}
            onClick={() => removal.start(() => manager.removeSource(source.id))}
          />
        )}
      </header>
      {removal.problem && <Problem message={removal.problem} />}
      {source.problem && <Problem message={source.problem} tone="warning" />}
      {datasets.length > 0 && (
        <ul className="casa-Datasets">
          {datasets.map(dataset => (
            <DatasetRow
              key={dataset.name}
              dataset={dataset}
              selection={selection}
              ticked={selection.has(dataset.name)}
              trans={trans}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

interface IDatasetRowProps {
  dataset: Dataset;
  selection: DatasetSelection;
  ticked: boolean;
  trans: TranslationBundle;
}

/** One dataset; memoized, for a tick should not draw hundreds of rows again. */
const DatasetRow = React.memo(function DatasetRow({
  dataset,
  selection,
  ticked,
  trans
}: IDatasetRowProps): JSX.Element {
  // Dragging one of several ticked datasets takes them all along.
  const dragged = () => (ticked ? selection.datasets : [dataset]);
  return (
    <li
      className={`casa-Dataset${ticked ? ' casa-mod-ticked' : ''}`}
      data-dataset={dataset.name}
      title={tooltip(dataset, trans)}
      onPointerDown={dragsCell(() => {
        const datasets = dragged();
        return {
          code: filesetCode(datasets),
          label:
            datasets.length === 1
              ? datasets[0].name
              : trans.__('%1 datasets', datasets.length)
        };
      })}
    >
      <label className="casa-Dataset-label">
        <input
          type="checkbox"
          checked={ticked}
          onChange={event => {
            selection.set([dataset.name], event.target.checked);
          }}
        />
        <span className="casa-Dataset-text">
          <MiddleEllipsis text={dataset.name} />
          <span className="casa-Dataset-facts">{facts(dataset, trans)}</span>
        </span>
      </label>
      <span className="casa-RowActions">
        <CopyButton
          label={trans.__('Copy as Coffea fileset')}
          text={() => filesetCode(dragged())}
        />
      </span>
    </li>
  );
});

/** What to do with the ticked datasets. */
function Selected({
  commands,
  selection,
  trans
}: IDatasetsViewProps): JSX.Element | null {
  const { datasets } = selection;
  if (datasets.length === 0) {
    return null;
  }
  return (
    <SelectionBar onClear={() => selection.clear()} trans={trans}>
      <TextButton
        primary
        onClick={() =>
          void commands.execute(CommandIDs.newRun, {
            datasets: datasets.map(({ name }) => name)
          })
        }
      >
        {trans._n(
          'New Run with %1 Dataset',
          'New Run with %1 Datasets',
          datasets.length
        )}
      </TextButton>
    </SelectionBar>
  );
}

/** Events, files and size in one line. */
function facts(dataset: Dataset, trans: TranslationBundle): string {
  const { bytes, events, files } = dataset;
  return [
    events === null ? null : trans.__('%1 events', formatCount(events)),
    trans._n('%1 file', '%1 files', files.length),
    bytes === null ? null : formatBytes(bytes)
  ]
    .filter(Boolean)
    .join(' · ');
}

function tooltip(dataset: Dataset, trans: TranslationBundle): string {
  return [
    dataset.name,
    facts(dataset, trans),
    dataset.schema_name,
    trans.__('Drag into a notebook for its fileset.')
  ]
    .filter(Boolean)
    .join('\n');
}
