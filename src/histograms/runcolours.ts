import type { IFrame } from './frame';
import { plotData } from './renderer';

/**
 * Returns the colours that runs are drawn in over each other, by id; empty where
 * a plot shows one run only.
 *
 * @param frame - What is drawn.
 * @param order - The order of its rows, as the model of the histogram has it.
 */
export function runColours(
  frame: IFrame,
  order: readonly string[]
): ReadonlyMap<string, string> {
  const { others, run } = frame.header;
  if (others.length === 0) {
    return new Map();
  }
  const names = new Map(others.map(other => [other.name, other.run]));
  const drawn = frame.rows.map(({ name }) => name);
  const { curves } = plotData(
    frame,
    order.filter(name => drawn.includes(name))
  );
  return new Map(
    curves.flatMap(({ color, name }) =>
      color === null ? [] : [[names.get(name) ?? run, color] as const]
    )
  );
}
