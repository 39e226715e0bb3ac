import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';

import { plainLabel } from './renderer';

/** A value of a choice, and what it is called. */
export type Option = readonly [value: string, label: string];

interface IChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly title?: string;
  readonly onChange: (value: string) => void;
}

/** One of several. */
export function Choice(props: IChoiceProps): JSX.Element {
  const { label, onChange, options, title, value } = props;
  return (
    <label className="casa-Controls-choice" title={title}>
      <span>{label}</span>
      <HTMLSelect
        value={value}
        onChange={event => onChange(event.target.value)}
        options={options.map(([value, label]) => ({ value, label }))}
      />
    </label>
  );
}

interface IToggleProps {
  readonly label: string;
  readonly title?: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** On or off. */
export function Toggle(props: IToggleProps): JSX.Element {
  const { checked, disabled, label, onChange, title } = props;
  return (
    <label className="casa-Controls-toggle" title={title}>
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={event => onChange(event.target.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

interface INumberProps {
  readonly label: string;
  readonly value: number | null;
  readonly placeholder?: string;
  readonly onChange: (value: number | null) => void;
}

/** A number, taken when Enter is pressed or the field is left. */
export function NumberField(props: INumberProps): JSX.Element {
  const { label, onChange, placeholder, value } = props;
  const shown = value === null ? '' : String(Number(value.toPrecision(6)));
  const [text, setText] = React.useState(shown);
  React.useEffect(() => setText(shown), [shown]);
  const commit = (): void => {
    const number = Number(text.replace(',', '.'));
    if (text === shown) {
      return;
    }
    if (text.trim() === '') {
      onChange(null);
    } else if (Number.isFinite(number)) {
      onChange(number);
    }
    // What is not taken does not stay; what is taken comes as the value.
    setText(shown);
  };
  return (
    <label className="casa-Controls-choice">
      <span>{label}</span>
      <input
        type="text"
        inputMode="decimal"
        className="casa-Controls-number"
        value={text}
        placeholder={placeholder}
        onChange={event => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={event => event.key === 'Enter' && commit()}
      />
    </label>
  );
}

interface ITextProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly onChange: (value: string) => void;
}

/** A few words. */
export function TextField(props: ITextProps): JSX.Element {
  const { label, onChange, placeholder, value } = props;
  return (
    <label className="casa-Controls-choice">
      <span>{label}</span>
      <input
        type="text"
        maxLength={60}
        className="casa-Controls-number casa-mod-text"
        value={value}
        placeholder={placeholder}
        onChange={event => onChange(event.target.value)}
      />
    </label>
  );
}

/** Returns a choice of an analyst's name, which may hold markup. */
export function option(value: string, label: string): Option {
  return [value, plainLabel(label)];
}
