import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import {
  formatBytes,
  formatCount,
  formatDigits,
  formatExactCount,
  formatMeasuredTime
} from '../../components/format';
import { Problem } from '../../components/message';
import { MiddleEllipsis } from '../../components/name';
import { useChanges } from '../../components/signals';
import type {
  LateBatch,
  Run,
  RunMetrics,
  Work,
  WorkerWork
} from '../../services/models';
import { isActive } from '../states';
import type { RunTabModel } from './model';
import {
  adviceOf,
  type Advice,
  type ITimeShares,
  timeShares
} from './performance';
import { Section } from './section';

/** More workers than this are not listed. */
const MOST_WORKERS = 100;

interface IPerformanceProps {
  readonly model: RunTabModel;
  readonly run: Run;
  readonly trans: TranslationBundle;
}

/** How well the run used its cluster; nothing before it has measured anything. */
export function Performance(props: IPerformanceProps): JSX.Element | null {
  const { model, run, trans } = props;
  return run.reports_sequence === 0 ? null : (
    <Section
      id="performance"
      title={trans.__('Performance')}
      className="casa-RunTab-performance"
    >
      <Contents model={model} run={run} trans={trans} />
    </Section>
  );
}

interface IMetricsProps {
  readonly metrics: RunMetrics;
  readonly trans: TranslationBundle;
}

function Contents({ model, run, trans }: IPerformanceProps): JSX.Element {
  useChanges(model.metrics);
  React.useEffect(() => model.show('metrics'), [model]);
  const { problem, value: metrics } = model.metrics;
  const shares = metrics && timeShares(metrics);
  return (
    <>
      {problem && <Problem message={problem} tone="warning" />}
      {metrics?.batches === 0 && (
        <p className="casa-RunTab-message">
          {trans.__('It is measured when the first chunks are done.')}
        </p>
      )}
      {metrics && metrics.batches > 0 && (
        <Numbers metrics={metrics} trans={trans} />
      )}
      {shares && (
        <ThreadTime shares={shares} isEnded={!isActive(run)} trans={trans} />
      )}
      {metrics &&
        adviceOf(metrics).map(advice => (
          <p key={advice} className="casa-RunTab-message">
            {adviceText(advice, trans)}
          </p>
        ))}
      {metrics && (
        <div className="casa-Metrics-details">
          <Late metrics={metrics} trans={trans} />
          <WorkTable
            title={trans.__('By dataset')}
            rows={Object.entries(metrics.datasets)}
            trans={trans}
          />
          <Workers metrics={metrics} trans={trans} />
        </div>
      )}
    </>
  );
}

/** Rates and efficiency, by the names that the community uses. */
function Numbers({ metrics, trans }: IMetricsProps): JSX.Element {
  const numbers: [name: string, value: string, title: string][] = [
    [
      trans.__('Event rate'),
      `${formatDigits(metrics.event_rate_khz)} kHz`,
      trans.__('Thousand events per second, over the whole run')
    ],
    [
      trans.__('Per core'),
      `${formatDigits(metrics.event_rate_per_core_khz)} kHz`,
      trans.__('The event rate divided by the threads of all workers')
    ],
    [
      trans.__('Data rate'),
      `${formatDigits(metrics.data_rate_gbps)} Gbps`,
      trans.__('Bits asked of the files, over the whole run')
    ],
    [
      trans.__('Efficiency'),
      percentText(metrics.core_efficiency),
      trans.__(
        'The part of the time of all threads that was spent in process(); tasks that are not back are left out'
      )
    ],
    [
      trans.__('Memory peak'),
      formatBytes(metrics.peak_memory_bytes),
      trans.__('The most memory that a worker process had')
    ],
    [
      trans.__('Threads'),
      trans.__(
        '%1 mean, %2 peak',
        formatDigits(metrics.threads_mean),
        formatExactCount(metrics.threads_peak)
      ),
      trans.__('Threads of all workers, over time')
    ],
    [
      trans.__('Workers'),
      formatExactCount(Object.keys(metrics.workers).length),
      trans.__('Workers that processed anything')
    ],
    [
      trans.__('Typical task'),
      formatMeasuredTime(metrics.median_batch_seconds, trans),
      trans.__('Median duration of a task on its worker')
    ]
  ];
  return (
    <dl className="casa-Metrics">
      {numbers.map(([name, value, title]) => (
        <div key={name} title={title}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A bar that shows where the time of the threads went. */
function ThreadTime({
  isEnded,
  shares,
  trans
}: {
  /** Whether what is not back never will be. */
  readonly isEnded: boolean;
  readonly shares: ITimeShares;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { idle, opening, other, pending, processing } = shares;
  const sum = processing + opening + other + pending + idle || 1;
  const parts: [kind: string, label: string, seconds: number][] = [
    ['processing', trans.__('process()'), processing],
    ['opening', trans.__('opening files'), opening],
    ['other', trans.__('other'), other],
    ['idle', trans.__('without work'), idle]
  ];
  if (Math.round((100 * pending) / sum) > 0) {
    const label = isEnded
      ? trans.__('in tasks given up')
      : trans.__('in tasks not back yet');
    parts.splice(3, 0, ['pending', label, pending]);
  }
  return (
    <figure className="casa-ThreadTime">
      <figcaption>{trans.__('Time of the threads')}</figcaption>
      <div className="casa-ThreadTime-bar" aria-hidden="true">
        {parts.map(([kind, , seconds]) => (
          <div
            key={kind}
            data-kind={kind}
            style={{ width: `${(100 * seconds) / sum}%` }}
          />
        ))}
      </div>
      <ul>
        {parts.map(([kind, label, seconds]) => (
          <li key={kind}>
            <span className="casa-ThreadTime-key" data-kind={kind} />
            {label}{' '}
            <span className="casa-RunTab-remark">
              {percentText(seconds / sum)}
            </span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** What the last percent waited for, and what took longest. */
function Late({ metrics, trans }: IMetricsProps): JSX.Element | null {
  const { slowest, tail } = metrics;
  if (slowest.length === 0) {
    return null;
  }
  return (
    <details>
      <summary>
        {tail
          ? trans.__(
              'What the last percent waits for (%1)',
              formatMeasuredTime(tail.seconds, trans)
            )
          : trans.__('What took longest')}
      </summary>
      {tail && (
        <>
          <p className="casa-RunTab-message">
            {trans._n(
              'The last task arrived %2 after all others.',
              'The last %1 tasks arrived within %2 after all others.',
              tail.batches,
              formatMeasuredTime(tail.seconds, trans)
            )}
          </p>
          <Batches
            label={trans.__('Last tasks')}
            batches={tail.last}
            trans={trans}
          />
        </>
      )}
      <h3>{trans.__('Longest tasks')}</h3>
      <Batches
        label={trans.__('Longest tasks')}
        batches={slowest}
        trans={trans}
      />
    </details>
  );
}

interface IBatchesProps {
  readonly label: string;
  readonly batches: readonly LateBatch[];
  readonly trans: TranslationBundle;
}

function Batches({ batches, label, trans }: IBatchesProps): JSX.Element {
  return (
    <ul className="casa-Batches" aria-label={label}>
      {batches.map((batch, index) => (
        <li key={index}>
          <span className="casa-Batches-name">
            <MiddleEllipsis text={batch.file} />
            <span>{formatMeasuredTime(batch.seconds, trans)}</span>
          </span>
          <span className="casa-Failure-where">
            {[
              batch.dataset,
              ...(batch.files > 1
                ? [trans.__('%1 files', formatExactCount(batch.files))]
                : []),
              trans.__('%1 events', formatExactCount(batch.events)),
              batch.host ? `${batch.host} (${batch.worker})` : batch.worker
            ].join(' · ')}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Workers({ metrics, trans }: IMetricsProps): JSX.Element {
  const all = Object.entries(metrics.workers);
  const rows = all
    .sort(([, one], [, other]) => other.events - one.events)
    .slice(0, MOST_WORKERS)
    .map(([address, work]): [string, WorkerWork] => [
      work.host ? `${work.host} (${address})` : address,
      work
    ]);
  return (
    <WorkTable title={trans.__('By worker')} rows={rows} trans={trans}>
      {all.length > rows.length && (
        <p className="casa-RunTab-message">
          {trans.__(
            'The first %1 of %2 are listed; metrics.json has all of them.',
            formatExactCount(rows.length),
            formatExactCount(all.length)
          )}
        </p>
      )}
    </WorkTable>
  );
}

interface IWorkTableProps {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, work: Work])[];
  readonly trans: TranslationBundle;
  readonly children?: React.ReactNode;
}

/** Sums over batches, line by line. */
function WorkTable(props: IWorkTableProps): JSX.Element | null {
  const { children, rows, title, trans } = props;
  if (rows.length === 0) {
    return null;
  }
  return (
    <details>
      <summary>{title}</summary>
      <div
        className="casa-WorkTable"
        tabIndex={0}
        role="region"
        aria-label={title}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">{trans.__('Name')}</th>
              <th scope="col">{trans.__('Events')}</th>
              <th scope="col">{trans.__('Read')}</th>
              <th scope="col">{trans.__('Busy')}</th>
              <th scope="col">{trans.__('kHz')}</th>
              <th scope="col">{trans.__('Opening')}</th>
              <th scope="col">{trans.__('Memory')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, work]) => (
              <tr key={name}>
                <th scope="row" title={name}>
                  {name}
                </th>
                <td>{formatCount(work.events)}</td>
                <td>{formatBytes(work.bytes_read)}</td>
                <td>{formatMeasuredTime(work.busy_seconds, trans)}</td>
                <td>{formatDigits(work.busy_rate_khz)}</td>
                <td>
                  {percentText(
                    work.busy_seconds > 0
                      ? work.open_seconds / work.busy_seconds
                      : 0
                  )}
                </td>
                <td>{formatBytes(work.peak_memory_bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {children}
    </details>
  );
}

function adviceText(advice: Advice, trans: TranslationBundle): string {
  switch (advice) {
    case 'idle':
      return trans.__(
        'Threads were often without work: fewer workers would do, or smaller chunks.'
      );
    case 'opening':
      return trans.__(
        'Opening files takes a large part of the time: larger chunks would help.'
      );
    case 'tail':
      return trans.__(
        'The run waited long for its last tasks: see below which they were.'
      );
  }
}

function percentText(share: number): string {
  return `${Math.round(100 * share)}%`;
}
