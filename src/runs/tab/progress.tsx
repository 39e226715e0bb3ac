import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatDuration, formatExactCount } from '../../components/format';
import { MiddleEllipsis } from '../../components/name';
import type { DatasetProgress, Run } from '../../services/models';
import type { Tone } from '../../components/tone';
import { isActive, stateTone } from '../states';
import { amountText } from './failuretexts';
import type { RunTabModel } from './model';
import { Pace } from './paceview';
import { Section } from './section';
import { timeLeft } from './time';

interface IRunProps {
  readonly run: Run;
  readonly trans: TranslationBundle;
}

interface ISummaryProps extends IRunProps {
  readonly model: RunTabModel;
}

/** How far the run is as a whole, and the numbers that go with it. */
export function Summary({ model, run, trans }: ISummaryProps): JSX.Element {
  const { progress } = run;
  return (
    <section
      className="casa-RunTab-summary"
      aria-label={trans.__('Progress of the run')}
    >
      <div className="casa-RunTab-overall">
        <span className="casa-RunTab-events">
          {progress.events_total === null && isActive(run)
            ? trans.__('Counting events…')
            : eventsText(progress, trans)}
        </span>
        <span className="casa-RunTab-percent">{percent(progress)}</span>
      </div>
      <ShareBar
        progress={progress}
        run={run}
        label={trans.__('All datasets')}
        isOverall
        trans={trans}
      />
      <Numbers run={run} trans={trans} />
      <Pace model={model} run={run} trans={trans} />
    </section>
  );
}

/** How far each dataset is. */
export function Datasets({ run, trans }: IRunProps): JSX.Element {
  const { datasets } = run.progress;
  return (
    <Section
      id="datasets"
      title={trans.__('Datasets')}
      remark={String(run.datasets.length)}
      className="casa-RunTab-datasets"
    >
      <ul>
        {run.datasets.map(name => (
          <li key={name}>
            <div className="casa-RunTab-dataset">
              <MiddleEllipsis text={name} />
              <span>
                {datasets[name]
                  ? eventsText(datasets[name], trans)
                  : trans.__('not looked at yet')}
              </span>
            </div>
            <ShareBar
              progress={datasets[name] ?? UNKNOWN}
              run={run}
              label={name}
              trans={trans}
            />
          </li>
        ))}
      </ul>
    </Section>
  );
}

type Counts = Pick<
  DatasetProgress,
  | 'events_done'
  | 'events_total'
  | 'chunks_done'
  | 'chunks_failed'
  | 'chunks_total'
  | 'left_out'
>;

const UNKNOWN: Counts = {
  events_done: 0,
  events_total: null,
  chunks_done: 0,
  chunks_failed: 0,
  chunks_total: null,
  left_out: { chunks: 0, events: 0, files: 0, unread_files: 0 }
};

/** The parts of the work that are done, failed, and were accepted as missing. */
export interface IShares {
  readonly done: number;
  readonly failed: number;
  readonly leftOut: number;
}

/** Returns the parts of the work; null while its size is unknown. */
export function sharesOf(counts: Counts): IShares | null {
  const { chunks_failed, chunks_total, events_done, events_total, left_out } =
    counts;
  if (events_total === null) {
    return null;
  }
  const done = events_total > 0 ? events_done / events_total : 0;
  // What is known of failed chunks is their number, not always their events:
  // those of a file that cannot be opened are not in the total.
  const part = (chunks: number): number =>
    chunks_total ? Math.min(1, chunks / chunks_total) : 0;
  const failed = part(chunks_failed);
  const leftOut = Math.min(part(left_out.chunks), 1 - failed);
  return { done: Math.min(done, 1 - failed - leftOut), failed, leftOut };
}

interface IShareBarProps extends IRunProps {
  readonly progress: Counts;

  /** What the bar is about, for screen readers. */
  readonly label: string;

  /** True for the one bar that moves while there is nothing to fill it with. */
  readonly isOverall?: boolean;
}

/** A bar that fills, with a part for what failed. */
function ShareBar(props: IShareBarProps): JSX.Element {
  const { isOverall = false, label, progress, run, trans } = props;
  const shares = sharesOf(progress);
  const complete = shares !== null && shares.done >= 1;
  const moving =
    isOverall && shares === null && isActive(run) && run.state !== 'paused';
  return (
    <div
      className={`casa-ShareBar${moving ? ' casa-mod-moving' : ''}`}
      data-tone={complete ? 'good' : barTone(run)}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={shares ? Math.floor(shares.done * 100) : undefined}
      aria-valuetext={eventsText(progress, trans)}
    >
      <div
        className="casa-ShareBar-done"
        style={moving ? undefined : { width: `${(shares?.done ?? 0) * 100}%` }}
      />
      {shares !== null && shares.failed > 0 && (
        <div
          className="casa-ShareBar-failed"
          style={{ width: `${shares.failed * 100}%` }}
          title={trans._n(
            '%1 chunk failed',
            '%1 chunks failed',
            progress.chunks_failed
          )}
        />
      )}
      {shares !== null && shares.leftOut > 0 && (
        <div
          className="casa-ShareBar-leftOut"
          style={{ width: `${shares.leftOut * 100}%` }}
          title={trans.__(
            'Accepted as missing: %1',
            amountText(progress.left_out, trans)
          )}
        />
      )}
    </div>
  );
}

/** Time, and what is missing. */
function Numbers({ run, trans }: IRunProps): JSX.Element {
  const { progress } = run;
  const left = timeLeft(run, trans);
  const numbers: [name: string, value: string, tone?: Tone][] = [];
  if (progress.seconds_elapsed >= 1) {
    numbers.push([
      trans.__('Elapsed'),
      formatDuration(progress.seconds_elapsed, trans)
    ]);
  }
  if (left !== null) {
    numbers.push([trans.__('Time left'), left]);
  }
  const failed = progress.chunks_failed;
  if (failed > 0) {
    numbers.push([trans.__('Failed chunks'), formatExactCount(failed), 'bad']);
  }
  if (progress.left_out.chunks > 0) {
    numbers.push([
      trans.__('Accepted as missing'),
      amountText(progress.left_out, trans)
    ]);
  }
  return (
    <dl className="casa-RunTab-numbers">
      {numbers.map(([name, value, tone]) => (
        <div key={name} data-tone={tone}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What is missing of a run that is done shows in red already. */
function barTone(run: Run): Tone {
  return run.state === 'done' ? 'good' : stateTone(run);
}

/** Writes "x of y events" with all the digits. */
export function eventsText(counts: Counts, trans: TranslationBundle): string {
  const { events_done: done, events_total: total } = counts;
  return total === null
    ? trans.__('%1 events', formatExactCount(done))
    : trans.__(
        '%1 of %2 events',
        formatExactCount(done),
        formatExactCount(total)
      );
}

/** Says how much is done; with failures, accepted or not, that is never all. */
function percent(counts: Counts): string {
  const { chunks_failed, events_done, events_total, left_out } = counts;
  if (!events_total) {
    return '';
  }
  const done = Math.floor((100 * events_done) / events_total);
  const missing = chunks_failed + left_out.chunks;
  return `${Math.min(done, missing > 0 ? 99 : 100)}%`;
}
