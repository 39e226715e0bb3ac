import React from 'react';

/** Long dataset names differ at their end: this much of it always shows. */
const TAIL = 10;

/** One line of text that is shortened in its middle where it does not fit. */
export function MiddleEllipsis({ text }: { text: string }): JSX.Element {
  if (text.length <= 2 * TAIL) {
    return (
      <span className="casa-MiddleEllipsis" title={text}>
        <span className="casa-MiddleEllipsis-head">{text}</span>
      </span>
    );
  }
  const cut = tailOf(text);
  // To those who hear it, it is one thing: two pieces would be read as two words.
  return (
    <span
      className="casa-MiddleEllipsis"
      role="img"
      title={text}
      aria-label={text}
    >
      <span className="casa-MiddleEllipsis-head" aria-hidden="true">
        {text.slice(0, cut)}
      </span>
      <span aria-hidden="true">{text.slice(cut)}</span>
    </span>
  );
}

/** Where the tail begins; never within a character that takes two places. */
function tailOf(text: string): number {
  const cut = text.length - TAIL;
  return /^[\udc00-\udfff]/.test(text.slice(cut)) ? cut - 1 : cut;
}
