import { Clipboard } from '@jupyterlab/apputils';
import { checkIcon, copyIcon } from '@jupyterlab/ui-components';
import React, { useEffect, useState } from 'react';
import { IconButton } from './button';

/** How long the tick shows, in milliseconds. */
const MOMENT = 1500;

interface ICopyButtonProps {
  /** What is copied, for the tooltip. */
  label: string;

  /** Returns the text when the button is pressed. */
  text: () => string;
}

/** A button that copies text, and shows a tick when it has. */
export function CopyButton({ label, text }: ICopyButtonProps): JSX.Element {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) {
      return;
    }
    const timer = window.setTimeout(() => setCopied(false), MOMENT);
    return () => window.clearTimeout(timer);
  }, [copied]);
  return (
    <IconButton
      icon={copied ? checkIcon : copyIcon}
      label={label}
      onClick={() => {
        Clipboard.copyToSystem(text());
        setCopied(true);
      }}
    />
  );
}
