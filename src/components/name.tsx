import React from 'react';

/** Long dataset names differ at their end: this much of it always shows. */
const TAIL = 10;

/** One line of text that is shortened in its middle where it does not fit. */
export function MiddleEllipsis({ text }: { text: string }): JSX.Element {
  const cut = text.length > 2 * TAIL ? text.length - TAIL : text.length;
  return (
    <span className="casa-MiddleEllipsis" title={text} aria-label={text}>
      <span className="casa-MiddleEllipsis-head" aria-hidden="true">
        {text.slice(0, cut)}
      </span>
      <span aria-hidden="true">{text.slice(cut)}</span>
    </span>
  );
}
