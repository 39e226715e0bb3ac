import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import React from 'react';
import { IconButton } from './button';

interface ISelectionBarProps {
  /** What can be done with what is ticked. */
  children: React.ReactNode;

  /** Unticks all. */
  onClear: () => void;
  trans: TranslationBundle;
}

/** Stands at the foot of a list while something in it is ticked. */
export function SelectionBar({
  children,
  onClear,
  trans
}: ISelectionBarProps): JSX.Element {
  return (
    <div className="casa-SelectionBar">
      {children}
      <IconButton
        icon={closeIcon}
        label={trans.__('Untick all')}
        onClick={onClear}
      />
    </div>
  );
}
