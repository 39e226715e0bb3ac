import { select } from 'd3-selection';

import { type ITextRun, SCRIPT_SCALE } from './label';

/** Sets a text element to pieces of text, with scripts above and below. */
export function writeRuns(
  element: SVGTextElement,
  runs: readonly ITextRun[]
): void {
  const text = JSON.stringify(runs);
  if (Private.texts.get(element) === text) {
    return;
  }
  Private.texts.set(element, text);
  const size = (script: ITextRun['script']): string | null =>
    script === 'base' ? null : `${SCRIPT_SCALE}em`;
  let shift = 0;
  const pieces = runs.map(run => {
    // `dy` moves all that follows, in units of the piece's own size.
    const wanted = { base: 0, sub: 0.25, super: -0.4 }[run.script];
    const scale = run.script === 'base' ? 1 : SCRIPT_SCALE;
    const dy = (wanted - shift) / scale;
    shift = wanted;
    return { ...run, dy };
  });
  select(element)
    .selectAll<SVGTSpanElement, unknown>('tspan')
    .data(pieces)
    .join('tspan')
    .attr('font-size', ({ script }) => size(script))
    .attr('font-style', ({ italic }) => (italic ? 'italic' : null))
    .attr('dy', ({ dy }) => (dy === 0 ? null : `${dy}em`))
    .text(({ text }) => text);
}

/** A namespace for module state. */
namespace Private {
  /** What text elements show: most labels are those of the frame before. */
  export const texts = new WeakMap<SVGTextElement, string>();
}
