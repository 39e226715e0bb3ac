import type { LabIcon } from '@jupyterlab/ui-components';
import React from 'react';
import { TextButton } from './button';

interface IProblemProps {
  /** A sentence: what is wrong and what to do. */
  message: string;

  /** What can be done about it here: buttons. */
  children?: React.ReactNode;

  /** `warning` when the user can go on regardless. */
  tone?: 'bad' | 'warning';
}

/** Says in place what is wrong. */
export function Problem({
  message,
  children,
  tone = 'bad'
}: IProblemProps): JSX.Element {
  return (
    <div className="casa-Problem" data-tone={tone} role="alert">
      <p>{message}</p>
      {children && <div className="casa-Problem-actions">{children}</div>}
    </div>
  );
}

interface IEmptyStateProps {
  icon: LabIcon;

  /** What would be here. */
  message: string;

  /** The one thing to do next. */
  action?: { label: string; execute: () => void };
}

/** Fills a section that has nothing to show yet. */
export function EmptyState({
  icon,
  message,
  action
}: IEmptyStateProps): JSX.Element {
  return (
    <div className="casa-EmptyState">
      <icon.react tag="span" className="casa-EmptyState-icon" width="24px" />
      <p>{message}</p>
      {action && (
        <TextButton onClick={action.execute}>{action.label}</TextButton>
      )}
    </div>
  );
}
