import type { TranslationBundle } from '@jupyterlab/translation';
import {
  formatBytes,
  formatCount,
  formatDigits,
  formatMeasuredTime
} from '../../components/format';
import type { RunChanges } from '../../services/models';

/** What the numbers are called that two runs are compared by. */
export function metricName(name: string, trans: TranslationBundle): string {
  switch (name) {
    case 'events':
      return trans.__('Events processed');
    case 'events wanted':
      return trans.__('Events in the datasets');
    case 'chunks failed':
      return trans.__('Chunks failed');
    case 'events left out':
      return trans.__('Events accepted as missing');
    case 'time':
      return trans.__('Processing time');
    case 'rate':
      return trans.__('Rate');
    case 'read':
      return trans.__('Read');
    default:
      return name;
  }
}

/** A number with its unit, for people. */
export function formatMetric(
  value: number | null,
  unit: string,
  trans: TranslationBundle
): string {
  if (value === null) {
    return '–';
  }
  switch (unit) {
    case 's':
      return formatMeasuredTime(value, trans);
    case 'bytes':
      return formatBytes(value);
    case 'events/s':
      return trans.__('%1 events/s', formatCount(Math.round(value)));
    default:
      return formatCount(value);
  }
}

/** How many times the earlier number the later one is; empty where that says nothing. */
export function ratioOf({
  after,
  before
}: RunChanges['metrics'][number]): string {
  return before && after !== null && before !== after
    ? `× ${formatDigits(after / before)}`
    : '';
}
