import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import {
  formatBytes,
  formatCount,
  formatDuration
} from '../../components/format';
import { useChanges } from '../../components/signals';
import type { Run } from '../../services/models';
import { isActive } from '../states';
import type { RunTabModel } from './model';
import { curvesOf, type ICurve, intervalAt, stepPath } from './pace';

const WIDTH = 100;
const HEIGHT = 32;

interface IPaceProps {
  readonly model: RunTabModel;
  readonly run: Run;
  readonly trans: TranslationBundle;
}

/** How fast the run is: now while it works, on average when it does not, and over time. */
export function Pace({ model, run, trans }: IPaceProps): JSX.Element | null {
  useChanges(model.series);
  React.useEffect(() => model.show('series'), [model]);
  const { value: series } = model.series;
  const curves = React.useMemo(() => series && curvesOf(series), [series]);
  const { progress } = run;
  if (progress.seconds_elapsed < 1) {
    return null;
  }
  const isRunning = run.state === 'running' || run.state === 'finishing';
  // The rate of a run that is paused is that of the moment, which is nothing.
  const isHeldUp = isActive(run) && !isRunning;
  return (
    <div className="casa-Pace">
      <Gauge
        label={isRunning ? trans.__('Events/s') : trans.__('Events/s, mean')}
        value={isHeldUp ? mean(curves?.events) : progress.events_per_second}
        format={events => formatCount(Math.round(events))}
        curve={curves?.events}
        trans={trans}
      />
      <Gauge
        label={isRunning ? trans.__('Read') : trans.__('Read, mean')}
        value={isHeldUp ? mean(curves?.bytes) : progress.bytes_per_second}
        format={bytes => `${formatBytes(bytes)}/s`}
        curve={curves?.bytes}
        trans={trans}
      />
      <Gauge
        label={isRunning ? trans.__('Workers') : trans.__('Workers, at most')}
        value={isRunning ? progress.workers : most(curves?.workers)}
        format={workers => formatCount(Math.round(workers))}
        curve={curves?.workers}
        trans={trans}
      />
      <Gauge
        label={
          isRunning ? trans.__('Busy threads') : trans.__('Busy threads, mean')
        }
        value={isRunning ? newest(curves?.busy) : mean(curves?.busy)}
        format={busy => formatCount(Math.round(busy * 10) / 10)}
        curve={curves?.busy}
        trans={trans}
      />
      <Gauge
        label={
          isRunning
            ? trans.__('Memory, largest worker')
            : trans.__('Memory, at most')
        }
        value={isRunning ? newest(curves?.memory) : most(curves?.memory)}
        format={formatBytes}
        curve={curves?.memory}
        trans={trans}
      />
    </div>
  );
}

interface IGaugeProps {
  readonly label: string;

  /** The number in large; null while it is unknown. */
  readonly value: number | null;
  readonly format: (value: number) => string;

  /** How it went, as far as that is known. */
  readonly curve?: ICurve;
  readonly trans: TranslationBundle;
}

/** A number, and a small curve of how it went, which can be read point by point. */
function Gauge(props: IGaugeProps): JSX.Element | null {
  const { curve, format, label, trans, value } = props;
  const [interval, setInterval] = React.useState<number | null>(null);
  if (value === null) {
    return null;
  }
  const at =
    curve && interval !== null && interval < curve.values.length
      ? interval
      : null;
  const shown = curve && at !== null ? curve.values[at] : value;
  return (
    <div className="casa-Gauge">
      <div className="casa-Gauge-label">
        {curve && at !== null
          ? trans.__('%1, at %2', label, formatDuration(curve.times[at], trans))
          : label}
      </div>
      <div className="casa-Gauge-value">{format(shown)}</div>
      {curve && (
        <Curve
          curve={curve}
          label={trans.__('%1 over time', label)}
          text={format}
          interval={at}
          onInterval={setInterval}
        />
      )}
    </div>
  );
}

interface ICurveProps {
  readonly curve: ICurve;
  readonly label: string;
  readonly text: (value: number) => string;
  readonly interval: number | null;
  readonly onInterval: (interval: number | null) => void;
}

/** Steps over time, with a mark at the interval that is read. */
function Curve(props: ICurveProps): JSX.Element {
  const { curve, interval, label, onInterval, text } = props;
  const { area, line } = React.useMemo(
    () => stepPath(curve, WIDTH, HEIGHT),
    [curve]
  );
  const last = curve.values.length - 1;
  const end = curve.times[last];
  const current = interval ?? last;
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const next = { ArrowLeft: current - 1, ArrowRight: current + 1 }[event.key];
    if (next !== undefined) {
      onInterval(Math.max(0, Math.min(last, next)));
      event.preventDefault();
    }
  };
  return (
    <svg
      className="casa-Gauge-curve"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={current}
      aria-valuetext={text(curve.values[current])}
      aria-readonly="true"
      onKeyDown={onKeyDown}
      onBlur={() => onInterval(null)}
      onPointerMove={event => {
        const { left, width } = event.currentTarget.getBoundingClientRect();
        onInterval(intervalAt(curve, (event.clientX - left) / width));
      }}
      onPointerLeave={() => onInterval(null)}
    >
      <path className="casa-Gauge-area" d={area} />
      <path className="casa-Gauge-line" d={line} />
      {interval !== null && (
        <line
          className="casa-Gauge-mark"
          x1={(curve.times[interval] / end) * WIDTH}
          x2={(curve.times[interval] / end) * WIDTH}
          y1={0}
          y2={HEIGHT}
        />
      )}
    </svg>
  );
}

function newest(curve?: ICurve): number | null {
  return curve ? curve.values[curve.values.length - 1] : null;
}

function most(curve?: ICurve): number | null {
  return curve ? Math.max(...curve.values) : null;
}

/** The mean over time, which intervals share unequally at the end. */
function mean(curve?: ICurve): number | null {
  if (!curve) {
    return null;
  }
  const { times, values } = curve;
  const sum = values.reduce(
    (total, value, index) =>
      total + value * (times[index] - (times[index - 1] ?? 0)),
    0
  );
  return sum / times[times.length - 1];
}
