import type { TranslationBundle } from '@jupyterlab/translation';
import {
  deleteIcon,
  type LabIcon,
  pauseIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { CommandIDs } from '../commands';
import { IconButton } from '../components/button';
import {
  formatAge,
  formatCount,
  formatDuration,
  formatMeasuredTime
} from '../components/format';
import { ListState } from '../components/lists';
import { EmptyState, Problem } from '../components/message';
import { MiddleEllipsis } from '../components/name';
import { ProgressBar } from '../components/progress';
import { useChanges, useMinutes } from '../components/signals';
import { StateDot } from '../components/tone';
import {
  archiveIcon,
  casaIcon,
  compareIcon,
  pinIcon,
  unarchiveIcon
} from '../icons';
import type { Run } from '../services/models';
import { isFiltering } from './history/filter';
import { FilterBar, MoreRuns, Tags } from './history/filterbar';
import type { RunListModel } from './history/model';
import type { RunSelection } from './history/selection';
import { RunSelectionBar } from './history/selectionbar';
import { fractionDone, isActive, stateLabel, stateTone } from './states';
import type { IRunManager } from './tokens';

interface IRunsViewProps {
  commands: CommandRegistry;
  manager: IRunManager;
  model: RunListModel;
  selection: RunSelection;
  trans: TranslationBundle;
}

/** The runs section of the sidebar. */
export function RunsView(props: IRunsViewProps): JSX.Element {
  const { commands, manager, model, selection, trans } = props;
  useChanges(manager, model, selection);
  const now = useMinutes();
  const { filter, rows } = model;
  const isEmpty = rows.length === 0 && !model.isBusy;
  const onSelect = React.useCallback(
    (id: string, isRange: boolean) =>
      isRange
        ? selection.extendTo(
            id,
            model.rows.map(row => row.id)
          )
        : selection.toggle(id),
    [model, selection]
  );
  return (
    <>
      <ListState manager={manager} trans={trans} />
      {manager.runs.length > 0 && <FilterBar model={model} trans={trans} />}
      {model.problem && manager.problem === null && (
        <Problem message={model.problem} />
      )}
      {manager.isReady && isEmpty && manager.runs.length > 0 && (
        <p className="casa-Note">
          {isFiltering(filter)
            ? trans.__('No run matches.')
            : trans.__('All runs are archived.')}
        </p>
      )}
      {manager.isReady && isEmpty && manager.runs.length === 0 && (
        <EmptyState
          icon={casaIcon}
          message={trans.__(
            'No runs yet. Run a Coffea processor over datasets and watch its histograms fill.'
          )}
          action={{
            label: trans.__('New Run…'),
            execute: () => void commands.execute(CommandIDs.newRun)
          }}
        />
      )}
      <ul
        className={`casa-Runs${
          selection.ids.length > 0 ? ' casa-mod-selecting' : ''
        }`}
      >
        {rows.map(run => (
          <RunRow
            key={run.id}
            run={run}
            now={now}
            isReference={run.id === manager.reference}
            hasReference={manager.reference !== null}
            isTicked={selection.has(run.id)}
            onSelect={onSelect}
            commands={commands}
            trans={trans}
          />
        ))}
      </ul>
      {model.hasMore && <MoreRuns model={model} trans={trans} />}
      <RunSelectionBar
        commands={commands}
        selection={selection}
        trans={trans}
      />
    </>
  );
}

interface IRunRowProps {
  run: Run;
  now: number;

  /** Whether others are compared with this run. */
  isReference: boolean;

  /** Whether there is a run that others are compared with. */
  hasReference: boolean;
  isTicked: boolean;

  /** Ticks the run or unticks it, or ticks all from the last one to it. */
  onSelect: (id: string, isRange: boolean) => void;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** One run; memoized, for several runs may change several times a second. */
const RunRow = React.memo(function RunRow({
  run,
  now,
  isReference,
  hasReference,
  isTicked,
  onSelect,
  commands,
  trans
}: IRunRowProps): JSX.Element {
  const active = isActive(run);
  const tone = stateTone(run);
  const args = { run: run.id };
  const action = (icon: LabIcon, command: string) =>
    commands.isEnabled(command, args) && (
      <IconButton
        icon={icon}
        label={commands.label(command, args)}
        onClick={() => void commands.execute(command, args)}
      />
    );
  return (
    <li
      className={`casa-Run${isTicked ? ' casa-mod-ticked' : ''}`}
      data-run={run.id}
      data-state={run.state}
    >
      <input
        type="checkbox"
        className="casa-Run-tick"
        aria-label={trans.__('Select %1', run.name)}
        title={trans.__('Select to compare')}
        checked={isTicked}
        onChange={({ nativeEvent }) =>
          onSelect(
            run.id,
            nativeEvent instanceof MouseEvent && nativeEvent.shiftKey
          )
        }
      />
      <button
        type="button"
        className="casa-PlainButton casa-Run-open"
        title={`${run.name}\n${run.message}`}
        onClick={({ ctrlKey, metaKey, shiftKey }) => {
          if (ctrlKey || metaKey || shiftKey) {
            onSelect(run.id, shiftKey);
          } else {
            void commands.execute(CommandIDs.openRun, args);
          }
        }}
      >
        <span className="casa-Run-line">
          <StateDot tone={tone} label={stateLabel(run.state, trans)} />
          <MiddleEllipsis text={run.name} />
          {isReference && (
            <span
              className="casa-Run-pin"
              role="img"
              aria-label={trans.__('Reference')}
            >
              <pinIcon.react tag={null} width="12px" height="12px" />
            </span>
          )}
          <span className="casa-Run-time">
            {active
              ? stateLabel(run.state, trans)
              : formatAge(run.finished ?? run.updated, trans, now)}
          </span>
        </span>
        {active && (
          <ProgressBar
            fraction={fractionDone(run)}
            tone={tone}
            label={trans.__('Progress of %1', run.name)}
          />
        )}
        <span className="casa-Run-facts">{facts(run, trans)}</span>
        {run.tags.length > 0 && <Tags tags={run.tags} />}
      </button>
      <span className="casa-RowActions">
        {action(pauseIcon, CommandIDs.pauseRun)}
        {action(runIcon, CommandIDs.resumeRun)}
        {action(stopIcon, CommandIDs.stopRun)}
        {!hasReference || isReference
          ? action(pinIcon, CommandIDs.pinRun)
          : action(compareIcon, CommandIDs.showChanges)}
        {action(
          run.archived ? unarchiveIcon : archiveIcon,
          CommandIDs.archiveRun
        )}
        {action(deleteIcon, CommandIDs.deleteRun)}
      </span>
    </li>
  );
});

/** How much is done, or why nothing is. */
function facts(run: Run, trans: TranslationBundle): string {
  const { progress, state } = run;
  const {
    chunks_failed: failed,
    events_done: done,
    events_total: total,
    seconds_elapsed: elapsed,
    seconds_left: left
  } = progress;
  if (state === 'failed' || state === 'lost' || total === null) {
    return run.message;
  }
  const parts = [
    done === total
      ? trans.__('%1 events', formatCount(total))
      : trans.__('%1 of %2 events', formatCount(done), formatCount(total))
  ];
  if (failed > 0) {
    parts.push(trans.__('%1 failed', formatCount(failed)));
  }
  if (state === 'running' && left !== null) {
    parts.push(trans.__('%1 left', formatDuration(left, trans)));
  } else if (!isActive(run)) {
    parts.push(formatMeasuredTime(elapsed, trans));
  }
  return parts.join(' · ');
}
