import type { TranslationBundle } from '@jupyterlab/translation';
import { pauseIcon, runIcon, stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { useAction } from '../../components/action';
import { TextButton } from '../../components/button';
import { formatAge } from '../../components/format';
import { Problem } from '../../components/message';
import { useMinutes } from '../../components/signals';
import { Labels } from '../history/labels';
import type { Run } from '../../services/models';
import { isActive, stateLabel, stateTone } from '../states';
import { confirmStop } from '../stop';
import { Again } from './again';
import type { RunTabModel } from './model';

interface IHeaderProps {
  readonly model: RunTabModel;
  readonly run: Run;
  readonly trans: TranslationBundle;

  /** Whether it leaves out what was asked for, and labels. */
  readonly isBrief?: boolean;

  /** Buttons beside those that act on the run. */
  readonly children?: React.ReactNode;
}

/** Says which run this is and how it is, and lets the user act on it. */
export function Header(props: IHeaderProps): JSX.Element {
  const { children, isBrief = false, model, run, trans } = props;
  const Name = isBrief ? 'h3' : 'h1';
  const action = useAction();
  const stop = async (): Promise<void> => {
    if (await confirmStop(run, trans)) {
      await model.stop();
    }
  };
  return (
    <header className="casa-RunTab-header">
      <div className="casa-RunTab-titleRow">
        <Name className="casa-RunTab-name" title={run.name}>
          {run.name}
        </Name>
        <StateBadge run={run} trans={trans} />
        <StateRemark run={run} trans={trans} />
        <div className="casa-RunTab-actions">
          {run.state === 'running' && (
            <TextButton
              icon={pauseIcon}
              disabled={action.busy}
              title={trans.__('Start no more chunks until the run is resumed')}
              onClick={() => action.start(() => model.pause())}
            >
              {trans.__('Pause')}
            </TextButton>
          )}
          {canResume(run) && (
            <TextButton
              icon={runIcon}
              primary
              disabled={action.busy}
              title={trans.__('Process what is missing')}
              onClick={() => action.start(() => model.resume())}
            >
              {trans.__('Resume')}
            </TextButton>
          )}
          {isActive(run) && (
            <TextButton
              icon={stopIcon}
              disabled={action.busy || run.state === 'finishing'}
              title={trans.__('Stop the run and keep its partial result')}
              onClick={() => action.start(stop)}
            >
              {trans.__('Stop')}
            </TextButton>
          )}
          <Again run={run} trans={trans} />
          {children}
        </div>
      </div>
      {!isBrief && <Facts run={run} trans={trans} />}
      {!isBrief && (
        <Labels run={run} trans={trans} label={labels => model.label(labels)} />
      )}
      <StateProblem run={run} trans={trans} />
      {action.problem && <Problem message={action.problem} />}
    </header>
  );
}

interface IRunProps {
  readonly run: Run;
  readonly trans: TranslationBundle;
}

/** The state, announced to screen readers when it changes. */
function StateBadge({ run, trans }: IRunProps): JSX.Element {
  return (
    <span
      className="casa-RunTab-badge"
      data-tone={stateTone(run)}
      role="status"
      aria-live="polite"
    >
      {stateLabel(run.state, trans)}
    </span>
  );
}

/** What was asked for, in one line that wraps. */
function Facts({ run, trans }: IRunProps): JSX.Element {
  const now = useMinutes();
  const facts: [string, string, string?][] = [
    [trans.__('Processor'), shortLocation(run), run.processor.location],
    [trans.__('Schema'), run.schema_name],
    run.cluster === null
      ? [trans.__('Cluster'), trans.__('of the notebook')]
      : [trans.__('Cluster'), shortCluster(run.cluster), run.cluster],
    [trans.__('From'), door(run, trans)],
    [
      trans.__('Launched'),
      formatAge(run.created, trans, now),
      new Date(run.created * 1000).toLocaleString()
    ]
  ];
  return (
    <dl className="casa-RunTab-facts">
      {facts.map(([name, value, title]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={title ?? value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What goes on, in the driver's words, where they say more than the badge. */
function StateRemark({ run, trans }: IRunProps): JSX.Element | null {
  const { message, state } = run;
  const isSaid =
    state === 'running' || message === `${stateLabel(state, trans)}.`;
  return message && !isSaid && !hasFailed(run) ? (
    <span className="casa-RunTab-message">{message}</span>
  ) : null;
}

/** What went wrong with the run as a whole. */
function StateProblem({ run, trans }: IRunProps): JSX.Element | null {
  return hasFailed(run) ? (
    <Problem
      message={run.message || trans.__('The run ended unexpectedly.')}
      tone={run.state === 'failed' ? 'bad' : 'warning'}
    />
  ) : null;
}

function hasFailed({ state }: Run): boolean {
  return state === 'failed' || state === 'lost';
}

/** The file and name of a processor, without the folders that lead there. */
function shortLocation({ processor }: Run): string {
  return processor.location.replace(/^.*[/\\]/, '');
}

/** The id of a cluster without the time that it begins with. */
function shortCluster(cluster: string): string {
  return cluster.replace(/^\d{8}-\d{6}-(?=.)/, '');
}

/** What failed of a run that is done is retried where it is listed. */
function canResume({ resumable, state }: Run): boolean {
  return state === 'paused' || (resumable && state !== 'done');
}

function door({ door }: Run, trans: TranslationBundle): string {
  switch (door) {
    case 'sidebar':
      return trans.__('sidebar');
    case 'notebook':
      return trans.__('notebook');
    case 'command line':
      return trans.__('command line');
  }
}
