import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** What a line of a unified diff says. */
export type LineKind = 'added' | 'removed' | 'place' | 'same';

/** Tells what a line of a unified diff says. */
export function kindOf(line: string): LineKind {
  if (/^(@@|diff |index |--- |\+\+\+ )/.test(line)) {
    return 'place';
  }
  return line.startsWith('+')
    ? 'added'
    : line.startsWith('-')
      ? 'removed'
      : 'same';
}

interface IDiffProps {
  readonly text: string;

  /** What it is a diff of, for those who do not see it. */
  readonly label: string;
  readonly trans: TranslationBundle;
}

/** A unified diff, coloured; its signs say the same. */
export function Diff({ label, text, trans }: IDiffProps): JSX.Element {
  return (
    <pre
      className="casa-Code casa-Diff"
      tabIndex={0}
      aria-label={trans.__('Changes of %1', label)}
      role="region"
    >
      {text
        .replace(/\n$/, '')
        .split('\n')
        .map((line, index) => (
          <span key={index} data-kind={kindOf(line)}>
            {line || ' '}
          </span>
        ))}
    </pre>
  );
}
