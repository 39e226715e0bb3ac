import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useRef } from 'react';
import { TextButton } from '../../components/button';
import {
  formatBytes,
  formatCount,
  formatDigits,
  formatExactCount,
  formatMeasuredTime
} from '../../components/format';
import { Problem } from '../../components/message';
import { MiddleEllipsis } from '../../components/name';
import { ProgressBar } from '../../components/progress';
import { useChanges } from '../../components/signals';
import type { DatasetForecast, Forecast } from '../../services/models';
import { type DryRunModel, failuresOf, type IAlike } from './dryrun';

interface IDryRunViewProps {
  model: DryRunModel;

  /** Whether the form still asks for what was tried. */
  isCurrent: boolean;

  /** Puts a chunk size into the form. */
  onChunksize: (chunksize: number) => void;
  trans: TranslationBundle;
}

/** The dry run under way, and what the last one found out. */
export function DryRunView(props: IDryRunViewProps): JSX.Element | null {
  const { model, isCurrent, onChunksize, trans } = props;
  useChanges(model);
  const { busy, forecast, message, problem } = model;
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // It is asked for at the foot of the dialog, and may be out of view.
    section.current?.scrollIntoView({ block: 'nearest' });
  }, [busy]);

  if (!busy && !forecast && problem === null) {
    return null;
  }
  return (
    <section
      className="casa-DryRun"
      aria-label={trans.__('Dry run')}
      aria-busy={busy}
      ref={section}
    >
      {busy && (
        <div className="casa-DryRun-progress">
          <p role="status">{message || trans.__('Starting the dry run.')}</p>
          <ProgressBar
            fraction={null}
            tone="active"
            label={trans.__('The dry run is under way')}
          />
          <TextButton onClick={() => model.cancel()}>
            {trans.__('Cancel Dry Run')}
          </TextButton>
        </div>
      )}
      {problem !== null && <Problem message={problem} />}
      {forecast && (
        <>
          {!isCurrent && (
            <p className="casa-DryRun-stale">
              {trans.__('The form has changed since this dry run.')}
            </p>
          )}
          <ForecastView
            forecast={forecast}
            onChunksize={onChunksize}
            trans={trans}
          />
        </>
      )}
    </section>
  );
}

interface IForecastProps {
  forecast: Forecast;
  trans: TranslationBundle;
}

function ForecastView(
  props: IForecastProps & { onChunksize: (chunksize: number) => void }
): JSX.Element {
  const { forecast, onChunksize, trans } = props;
  return (
    <>
      {failuresOf(forecast).map((alike, index) => (
        <FailureView key={index} alike={alike} trans={trans} />
      ))}
      {forecast.seconds !== null && (
        <p className="casa-DryRun-headline" role="status">
          <strong>
            {trans.__('About %1', formatMeasuredTime(forecast.seconds, trans))}
          </strong>{' '}
          {trans._n('on %1 worker', 'on %1 workers', forecast.workers)}
          {' · '}
          {trans.__(
            '%1 events in %2 chunks',
            formatCount(sum(forecast, found => found.events)),
            formatCount(sum(forecast, found => found.chunks))
          )}
        </p>
      )}
      {forecast.warnings.map(warning => (
        <Problem key={warning} tone="warning" message={warning} />
      ))}
      <Predictions forecast={forecast} trans={trans} />
      <Advice forecast={forecast} onChunksize={onChunksize} trans={trans} />
      <Datasets forecast={forecast} trans={trans} />
    </>
  );
}

/** A better chunk size, where there is one. */
function Advice(
  props: IForecastProps & { onChunksize: (chunksize: number) => void }
): JSX.Element | null {
  const { forecast, onChunksize, trans } = props;
  const { best_chunksize: best, chunksize } = forecast;
  if (best === null) {
    return null;
  }
  const isBetter = Object.values(forecast.datasets).some(
    found => chunksInFile(found, best) !== chunksInFile(found, chunksize)
  );
  return (
    <div className="casa-DryRun-advice">
      <span>
        {isBetter
          ? trans.__(
              'A good chunk size is %1 events (tried with %2).',
              formatExactCount(best),
              formatExactCount(chunksize)
            )
          : trans.__('The chunk size is good as it is.')}
      </span>
      {isBetter && (
        <TextButton onClick={() => onChunksize(best)}>
          {trans.__('Use It')}
        </TextButton>
      )}
    </div>
  );
}

/** In how many parts Coffea divides a file of the usual size. */
function chunksInFile(
  { events, files }: DatasetForecast,
  chunksize: number
): number {
  return Math.max(1, Math.round(events / Math.max(1, files) / chunksize));
}

/** How long the run takes on more and fewer workers. */
function Predictions({ forecast, trans }: IForecastProps): JSX.Element | null {
  const { predictions, workers } = forecast;
  if (predictions.length < 2) {
    return null;
  }
  const most = Math.max(...predictions.map(({ seconds }) => seconds));
  return (
    <table className="casa-DryRun-predictions">
      <thead>
        <tr>
          <th scope="col">{trans.__('Workers')}</th>
          <th scope="col">{trans.__('Time')}</th>
          <th aria-hidden="true" />
        </tr>
      </thead>
      <tbody>
        {predictions.map(({ workers: count, seconds }) => (
          <tr key={count} data-current={count === workers || undefined}>
            <td>{formatExactCount(count)}</td>
            <td>{formatMeasuredTime(seconds, trans)}</td>
            <td aria-hidden="true">
              <span
                className="casa-DryRun-bar"
                style={{ width: `${(100 * seconds) / (most || 1)}%` }}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Datasets({ forecast, trans }: IForecastProps): JSX.Element {
  const tried = Object.entries(forecast.datasets);
  return (
    <details className="casa-DryRun-datasets">
      <summary>
        {trans.__('What each dataset needs: memory, rate, columns')}
      </summary>
      {tried.map(([name, found]) => (
        <div key={name} className="casa-DryRun-dataset">
          <MiddleEllipsis text={name} />
          <p>{facts(found, forecast.memory_limit, trans)}</p>
          {found.columns.length > 0 && (
            <p className="casa-DryRun-columns">{found.columns.join(', ')}</p>
          )}
        </div>
      ))}
    </details>
  );
}

function facts(
  found: DatasetForecast,
  limit: number | null,
  trans: TranslationBundle
): string {
  const isExact = found.files === found.files_looked_at;
  const events = formatCount(found.events);
  const parts = [
    trans._n('%1 file', '%1 files', found.files),
    isExact ? trans.__('%1 events', events) : trans.__('~%1 events', events)
  ];
  if (found.chunk_events > 0) {
    const memory = formatBytes(found.peak_memory_bytes);
    parts.push(
      trans.__('%1 kHz per core', formatDigits(found.rate_khz)),
      trans.__('%1 per event', formatBytes(found.bytes_per_event)),
      limit === null
        ? trans.__('%1 of memory', memory)
        : trans.__('%1 of %2 of memory', memory, formatBytes(limit)),
      trans._n('%1 column', '%1 columns', found.columns.length)
    );
  }
  return parts.join(' · ');
}

/** What went wrong, in the user's own lines where it leads there. */
function FailureView({
  alike: { first, datasets },
  trans
}: {
  alike: IAlike;
  trans: TranslationBundle;
}): JSX.Element {
  return (
    <div className="casa-DryRun-failure">
      <Problem message={first.cause} />
      <p className="casa-DryRun-where">
        {datasets.length > 1
          ? trans.__('In %1 datasets: %2', datasets.length, datasets.join(', '))
          : trans.__('In %1', datasets[0])}
      </p>
      {first.kind === 'processor error' && first.traceback && (
        <pre tabIndex={0} aria-label={trans.__('Traceback')}>
          {first.traceback.trimEnd()}
        </pre>
      )}
    </div>
  );
}

function sum(
  { datasets }: Forecast,
  value: (found: DatasetForecast) => number
): number {
  return Object.values(datasets).reduce((all, each) => all + value(each), 0);
}
