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

/** Says how much of the events is in a histogram; null when all of them are. */
export function partialText(
  fractions: Readonly<Record<string, number>>,
  trans: TranslationBundle
): string | null {
  const values = Object.values(fractions);
  if (values.every(value => value >= 1)) {
    return null;
  }
  const least = percentText(Math.min(...values));
  const most = percentText(Math.max(...values));
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
