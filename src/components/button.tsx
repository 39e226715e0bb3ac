import type { LabIcon } from '@jupyterlab/ui-components';
import React from 'react';

interface IIconButtonProps {
  icon: LabIcon;

  /** What the button does; shown as its tooltip. */
  label: string;

  onClick: () => void;
  disabled?: boolean;

  /** Whether what it stands for is on, for a button that switches it. */
  pressed?: boolean;
}

/** A small button that shows an icon only. */
export function IconButton({
  icon,
  label,
  onClick,
  disabled = false,
  pressed
}: IIconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      className="casa-IconButton"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      <icon.react tag={null} width="16px" height="16px" />
    </button>
  );
}

interface ITextButtonProps {
  children: React.ReactNode;
  onClick: () => void;
  disabled?: boolean;

  /** An icon before the text. */
  icon?: LabIcon;

  /** Whether this is the one thing to do next. */
  primary?: boolean;

  /** A longer description for the tooltip. */
  title?: string;

  /** Whether what the button opens and closes is open. */
  expanded?: boolean;
}

/** A button with text. */
export function TextButton({
  children,
  onClick,
  disabled = false,
  icon,
  primary = false,
  title,
  expanded
}: ITextButtonProps): JSX.Element {
  return (
    <button
      type="button"
      className={`casa-TextButton${primary ? ' casa-mod-primary' : ''}`}
      title={title}
      aria-expanded={expanded}
      disabled={disabled}
      onClick={onClick}
    >
      {icon && <icon.react tag={null} width="16px" height="16px" />}
      <span>{children}</span>
    </button>
  );
}
