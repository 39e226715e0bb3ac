import React from 'react';

/** What a colour says; how it looks is for the theme. */
export type Tone = 'active' | 'good' | 'warning' | 'bad' | 'idle';

interface IStateDotProps {
  tone: Tone;

  /** The state in words, for those who do not see colours. */
  label: string;
}

/** A dot in the colour of a state. */
export function StateDot({ tone, label }: IStateDotProps): JSX.Element {
  return (
    <span
      className="casa-StateDot"
      data-tone={tone}
      role="img"
      aria-label={label}
      title={label}
    />
  );
}
