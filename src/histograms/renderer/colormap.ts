/**
 * Viridis, by N. Smith and S. van der Walt: equal steps of the contents look
 * equal, in grey and with colour-vision deficiencies, too.
 */
const VIRIDIS = [
  '440154',
  '481a6c',
  '472f7d',
  '414487',
  '39568c',
  '31688e',
  '2a788e',
  '23888e',
  '1f988b',
  '22a884',
  '35b779',
  '54c568',
  '7ad151',
  'a5db36',
  'd2e21b',
  'fde725'
].map(hex => [0, 2, 4].map(at => Number.parseInt(hex.slice(at, at + 2), 16)));

/** Returns red, green and blue for a place between 0 and 1. */
export function colorAt(place: number): readonly [number, number, number] {
  const at = Math.min(1, Math.max(0, place)) * (VIRIDIS.length - 1);
  const below = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const mix = (part: number): number => {
    const low = VIRIDIS[below][part];
    return Math.round(low + (VIRIDIS[below + 1][part] - low) * (at - below));
  };
  return [mix(0), mix(1), mix(2)];
}

/** Returns a colour as one number, as the pixels of a canvas hold it. */
export function pixelAt(place: number): number {
  const [red, green, blue] = colorAt(place);
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** Returns a colour as CSS has it. */
export function cssAt(place: number): string {
  return `rgb(${colorAt(place).join(' ')})`;
}
