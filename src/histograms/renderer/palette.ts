/**
 * Colours for categories, from M. A. Petroff, "Accessible Color Sequences for
 * Data Visualization", arXiv:2107.02270: told apart with colour-vision
 * deficiencies and in grey, and recommended by the CMS collaboration.
 */
const SIX = ['#5790fc', '#f89c20', '#e42536', '#964a8b', '#9c9ca1', '#7a21dd'];

const EIGHT = [
  '#1845fb',
  '#ff5e02',
  '#c91f16',
  '#c849a9',
  '#adad7d',
  '#86c8dd',
  '#578dff',
  '#656364'
];

const TEN = [
  '#3f90da',
  '#ffa90e',
  '#bd1f01',
  '#94a4a2',
  '#832db6',
  '#a96b59',
  '#e76300',
  '#b9ac70',
  '#717581',
  '#92dadd'
];

/**
 * Returns the colours of the shortest sequence that has enough of them.
 *
 * Beyond ten categories colours repeat: no sequence keeps more of them apart.
 */
export function palette(count: number): string[] {
  const colours = [SIX, EIGHT, TEN].find(({ length }) => length >= count);
  return Array.from(
    { length: count },
    (_, index) => (colours ?? TEN)[index % (colours ?? TEN).length]
  );
}
