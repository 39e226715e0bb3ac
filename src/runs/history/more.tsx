import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatCount } from '../../components/format';

interface IMoreProps {
  /** How many there are that are not listed. */
  readonly count: number;
  readonly trans: TranslationBundle;
}

/** Ends a list that does not name all there is. */
export function More({ count, trans }: IMoreProps): JSX.Element | null {
  return count > 0 ? (
    <li>
      <em>{trans.__('and %1 more', formatCount(count))}</em>
    </li>
  ) : null;
}
