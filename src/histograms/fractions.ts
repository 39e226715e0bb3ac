import type { TranslationBundle } from '@jupyterlab/translation';

/** Writes a fraction in per cent; what is not complete is never "100%". */
export function percentText(fraction: number): string {
  const percent = 100 * fraction;
  const shown =
    percent < 1 && percent > 0
      ? '< 1'
      : String(fraction < 1 ? Math.min(99, Math.floor(percent)) : 100);
  return `${shown}%`;
}

/** Writes the range of the fractions, e.g. "38–50%"; null when all are complete. */
export function partialRange(
  fractions: Readonly<Record<string, number>>
): string | null {
  const ends = rangeOf(fractions);
  if (!ends) {
    return null;
  }
  const [least, most] = ends.map(percentText);
  return least === most ? least : `${least.replace('%', '')}–${most}`;
}

/** Says how much of the events is in a histogram; null when all of them are. */
export function partialText(
  fractions: Readonly<Record<string, number>>,
  trans: TranslationBundle
): string | null {
  const ends = rangeOf(fractions);
  if (!ends) {
    return null;
  }
  const [least, most] = ends.map(percentText);
  return least === most
    ? trans.__('%1 of the events', least)
    : trans.__('%1 to %2 of the events, by dataset', least, most);
}

/** Lists the fraction of each dataset that is not complete. */
export function partialList(
  fractions: Readonly<Record<string, number>>
): string {
  return Object.entries(fractions)
    .filter(([, fraction]) => fraction < 1)
    .map(([dataset, fraction]) => `${dataset} ${percentText(fraction)}`)
    .join(', ');
}

function rangeOf(
  fractions: Readonly<Record<string, number>>
): [number, number] | null {
  const values = Object.values(fractions);
  return values.some(value => value < 1)
    ? [Math.min(...values), Math.max(...values)]
    : null;
}
