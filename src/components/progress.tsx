import React from 'react';
import type { Tone } from './tone';

interface IProgressBarProps {
  /** From 0 to 1; null while it is unknown how much there is to do. */
  fraction: number | null;

  tone: Tone;

  /** What the bar shows, for screen readers. */
  label: string;
}

/** A thin bar that fills. */
export function ProgressBar({
  fraction,
  tone,
  label
}: IProgressBarProps): JSX.Element {
  // A bar without an end moves only while something does.
  const moving = fraction === null && tone === 'active';
  return (
    <div
      className={`casa-ProgressBar${moving ? ' casa-mod-moving' : ''}`}
      data-tone={tone}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={fraction === null ? undefined : Math.floor(fraction * 100)}
    >
      <div
        className="casa-ProgressBar-fill"
        style={moving ? undefined : { width: `${(fraction ?? 0) * 100}%` }}
      />
    </div>
  );
}
