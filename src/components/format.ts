import type { TranslationBundle } from '@jupyterlab/translation';

const compact = new Intl.NumberFormat('en', {
  maximumSignificantDigits: 3,
  notation: 'compact'
});

const full = new Intl.NumberFormat('en');

/** A count as short as it is readable, e.g. `1.23M`. */
export function formatCount(count: number): string {
  return count < 10_000 ? full.format(count) : compact.format(count);
}

/** A count with all its digits, e.g. `1,234,567`. */
export function formatExactCount(count: number): string {
  return full.format(count);
}

/** A number with the digits that matter, e.g. `5,432`, `12.3` or `0.012`. */
export function formatDigits(value: number): string {
  if (value >= 99.95 || value === 0) {
    return full.format(Math.round(value));
  }
  return value.toPrecision(value >= 0.1 ? 3 : 2);
}

/** A size in decimal units, e.g. `4.2 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  let size = bytes;
  // 999.5 would be shown as 1000.
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || size >= 99.95 ? 0 : 1;
  return `${size.toFixed(digits)} ${units[unit]}`;
}

/** A duration with its two largest units, e.g. `2 min 5 s`. */
export function formatDuration(
  seconds: number,
  trans: TranslationBundle
): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(whole / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) {
    return trans.__('%1 d %2 h', days, hours % 24);
  }
  if (hours > 0) {
    return trans.__('%1 h %2 min', hours, minutes % 60);
  }
  if (minutes > 0) {
    return trans.__('%1 min %2 s', minutes, whole % 60);
  }
  return trans.__('%1 s', whole);
}

/** How long something took; a few seconds with decimals, e.g. `0.05 s`, `4.2 s`. */
export function formatMeasuredTime(
  seconds: number,
  trans: TranslationBundle
): string {
  return seconds > 0 && seconds < 9.95
    ? trans.__('%1 s', seconds.toFixed(seconds < 0.995 ? 2 : 1))
    : formatDuration(seconds, trans);
}

/** How long ago something was, e.g. `5 min ago`; the date when it is long. */
export function formatAge(
  time: number,
  trans: TranslationBundle,
  now = Date.now() / 1000
): string {
  const minutes = Math.floor((now - time) / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (minutes < 1) {
    return trans.__('just now');
  }
  if (hours < 1) {
    return trans.__('%1 min ago', minutes);
  }
  if (days < 1) {
    return trans.__('%1 h ago', hours);
  }
  if (days < 7) {
    return trans.__('%1 d ago', days);
  }
  return new Date(time * 1000).toLocaleDateString();
}

/** Longer names fill a dialog or a notification. */
const MOST_CHARACTERS = 80;

/** What changes the direction of the text that follows it. */
const BIDIRECTIONAL = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/**
 * A name as it stands in a sentence: shortened in its middle where it is very
 * long, and without power over the direction of what stands around it.
 */
export function formatName(name: string): string {
  const characters = [...name];
  const half = MOST_CHARACTERS / 2;
  const short =
    characters.length > MOST_CHARACTERS
      ? [...characters.slice(0, half), '…', ...characters.slice(-half)].join('')
      : name;
  return BIDIRECTIONAL.test(short) ? `\u2068${short}\u2069` : short;
}
