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
import { formatAge, formatCount, formatDuration } from '../components/format';
import { ListState } from '../components/lists';
import { EmptyState } from '../components/message';
import { MiddleEllipsis } from '../components/name';
import { ProgressBar } from '../components/progress';
import { useChanges, useMinutes } from '../components/signals';
import { StateDot } from '../components/tone';
import { casaIcon } from '../icons';
import type { Run } from '../services/models';
import { fractionDone, isActive, stateLabel, stateTone } from './states';
import type { IRunManager } from './tokens';

/** More runs than this are not drawn. */
const MOST = 200;

export interface IRunsViewProps {
  commands: CommandRegistry;
  manager: IRunManager;
  trans: TranslationBundle;
}

/** The runs section of the sidebar. */
export function RunsView(props: IRunsViewProps): JSX.Element {
  const { commands, manager, trans } = props;
  useChanges(manager);
  const now = useMinutes();
  const shown = manager.runs.slice(0, MOST);
  const hidden = manager.runs.length - shown.length;
  return (
    <>
      <ListState manager={manager} trans={trans} />
      {manager.isReady && manager.runs.length === 0 && (
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
      <ul className="casa-Runs">
        {shown.map(run => (
          <RunRow
            key={run.id}
            run={run}
            now={now}
            commands={commands}
            trans={trans}
          />
        ))}
      </ul>
      {hidden > 0 && (
        <p className="casa-Note">
          {trans._n(
            '%1 older run is not shown.',
            '%1 older runs are not shown.',
            hidden
          )}
        </p>
      )}
    </>
  );
}

interface IRunRowProps {
  run: Run;
  now: number;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** One run; memoized, for several runs may change several times a second. */
const RunRow = React.memo(function RunRow({
  run,
  now,
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
    <li className="casa-Run" data-run={run.id} data-state={run.state}>
      <button
        type="button"
        className="casa-Run-open"
        title={`${run.name}\n${run.message}`}
        onClick={() => void commands.execute(CommandIDs.openRun, args)}
      >
        <span className="casa-Run-line">
          <StateDot tone={tone} label={stateLabel(run.state, trans)} />
          <MiddleEllipsis text={run.name} />
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
      </button>
      <span className="casa-RowActions">
        {action(pauseIcon, CommandIDs.pauseRun)}
        {action(runIcon, CommandIDs.resumeRun)}
        {action(stopIcon, CommandIDs.stopRun)}
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
    parts.push(formatDuration(elapsed, trans));
  }
  return parts.join(' · ');
}
