import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';

import { drawableAxes, selectableAxes, stackableAxes } from './choices';
import { useSignal } from './hooks';
import type { HistogramModel } from './model';
import { plainLabel } from './renderer';

interface IControlsProps {
  readonly model: HistogramModel;
  readonly trans: TranslationBundle;
}

/** The choices that a histogram leaves: axes, categories, scale. */
export function Controls({ model, trans }: IControlsProps): JSX.Element | null {
  useSignal(model.changed);
  const { drawing, histogram, view } = model;
  if (!view) {
    return null;
  }
  const along = drawableAxes(histogram);
  const stackable = stackableAxes(histogram, view.x);
  return (
    <div
      className="casa-Controls"
      role="toolbar"
      aria-label={trans.__('View of the histogram')}
    >
      {along.length > 1 && (
        <Choice
          label={trans.__('Along')}
          value={view.x}
          options={along.map(axis => [axis.name, plainLabel(axis.label)])}
          onChange={x => model.chooseX(x)}
        />
      )}
      {stackable.length > 0 && (
        <Choice
          label={trans.__('Stack')}
          value={view.stack ?? ''}
          options={[
            ['', trans.__('None')],
            ...stackable.map(axis => option(axis.name, axis.label))
          ]}
          onChange={stack => model.chooseStack(stack || null)}
        />
      )}
      {selectableAxes(histogram, view).map(axis => (
        <Choice
          key={axis.name}
          label={plainLabel(axis.label)}
          value={chosen(view.select?.[axis.name])}
          options={[
            ['', trans.__('Sum of all')],
            ...(axis.categories ?? []).map(name => option(`=${name}`, name))
          ]}
          onChange={value =>
            model.chooseCategory(axis.name, value ? value.slice(1) : null)
          }
        />
      ))}
      <Toggle
        label={trans.__('Log scale')}
        checked={drawing.log}
        onChange={log => model.draw({ log })}
      />
      <Toggle
        label={trans.__('Overflow')}
        title={trans.__('Show what lies below and above the axis')}
        checked={drawing.flow}
        onChange={flow => model.draw({ flow })}
      />
    </div>
  );
}

interface IChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onChange: (value: string) => void;
}

function Choice(props: IChoiceProps): JSX.Element {
  const { label, onChange, options, value } = props;
  return (
    <label className="casa-Controls-choice">
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
  readonly onChange: (checked: boolean) => void;
}

function Toggle({
  checked,
  label,
  onChange,
  title
}: IToggleProps): JSX.Element {
  return (
    <label className="casa-Controls-toggle" title={title}>
      <input
        type="checkbox"
        checked={checked}
        onChange={event => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}

/** A category may be called '', which stands for the sum here. */
function chosen(category: string | undefined): string {
  return category === undefined ? '' : `=${category}`;
}

function option(value: string, label: string): readonly [string, string] {
  return [value, plainLabel(label)];
}
