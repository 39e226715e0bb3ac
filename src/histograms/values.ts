import type { IFrame, IFrameRow } from './frame';

/**
 * Writes what is drawn as a table that spreadsheets paste: a line for each
 * bin, with the value and its uncertainties for each row.
 */
export function valuesText(frame: IFrame): string {
  const { edges, header, map, rows } = frame;
  const x = binColumns(header.x.name, edges, header.x.categories);
  if (map && header.y) {
    const y = binColumns(header.y.name, map.edges, header.y.categories);
    const cells = y.lines.length;
    const lines = x.lines.flatMap((bin, i) =>
      y.lines.map((other, j) => {
        const cell = i * cells + j;
        return [...bin, ...other, ...numbersAt(map, cell)];
      })
    );
    return table(
      [...x.names, ...y.names, 'value', 'error below', 'error above'],
      lines
    );
  }
  const names = rows.flatMap(({ name, role }) => {
    const title = name || role;
    return [title, `${title} error below`, `${title} error above`];
  });
  const lines = x.lines.map((bin, index) => [
    ...bin,
    ...rows.flatMap(row => numbersAt(row, index))
  ]);
  return table([...x.names, ...names], lines);
}

type Numbers = Pick<IFrameRow, 'values' | 'lower' | 'upper'>;

function numbersAt({ lower, upper, values }: Numbers, bin: number): string[] {
  return [values[bin], lower[bin], upper[bin]].map(value =>
    Number.isNaN(value) ? '' : String(value)
  );
}

function binColumns(
  name: string,
  edges: Float64Array,
  categories: readonly string[] | null
): { names: string[]; lines: string[][] } {
  if (categories) {
    return { names: [name], lines: categories.map(category => [category]) };
  }
  const lines = Array.from(edges.subarray(0, -1), (low, bin) => [
    String(low),
    String(edges[bin + 1])
  ]);
  return { names: [`${name} low`, `${name} high`], lines };
}

function table(names: readonly string[], lines: readonly string[][]): string {
  return [names, ...lines]
    .map(line => line.map(plainCell).join('\t'))
    .join('\n');
}

/** Keeps a name in its cell, and spreadsheets from taking it for a formula. */
function plainCell(cell: string): string {
  const text = cell.replace(/\s+/g, ' ');
  const isName = Number.isNaN(Number(text));
  return isName && /^[=+\-@]/.test(text) ? `'${text}` : text;
}
