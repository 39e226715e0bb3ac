import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { TextButton } from '../components/button';
import type { View } from '../services/models';
import {
  drawableAxes,
  isProfile,
  selectableAxes,
  stackableAxes
} from './choices';
import { Choice, Toggle, option } from './fields';
import { useSignal } from './hooks';
import type { HistogramModel } from './model';
import { Options } from './options';
import type { IRunChoice } from './pin';

interface IControlsProps {
  readonly model: HistogramModel;
  readonly trans: TranslationBundle;

  /** Runs that may have the same histogram. */
  readonly runs?: readonly IRunChoice[];
}

/** The choices that a histogram leaves: axes, categories, scale, and the rest on demand. */
export function Controls({
  model,
  runs = [],
  trans
}: IControlsProps): JSX.Element | null {
  useSignal(model.changed);
  const [isOpen, setIsOpen] = React.useState(false);
  const { drawing, histogram, view } = model;
  if (!view) {
    return null;
  }
  const along = drawableAxes(histogram);
  const isMap = view.y !== null && !view.profile;
  const stackable = isMap ? [] : stackableAxes(histogram, view.x);
  return (
    <div className="casa-Controls-all">
      <div
        className="casa-Controls"
        role="toolbar"
        aria-label={trans.__('View of the histogram')}
      >
        {along.length > 1 && (
          <Choice
            label={trans.__('Along')}
            value={view.x}
            options={along.map(axis => option(axis.name, axis.label))}
            onChange={x => model.chooseX(x)}
          />
        )}
        {along.length > 1 && (
          <SecondAxis model={model} view={view} trans={trans} />
        )}
        {stackable.length > 0 && (
          <Choice
            label={trans.__('Rows')}
            value={view.stack ?? ''}
            options={[
              ['', trans.__('None')],
              ...stackable.map(axis => option(axis.name, axis.label))
            ]}
            onChange={stack => model.chooseStack(stack || null)}
          />
        )}
        {view.stack !== null && !isProfile(histogram) && !view.profile && (
          <Choice
            label={trans.__('Style')}
            value={view.style}
            options={[
              ['stack', trans.__('Stack')],
              ['steps', trans.__('Steps')],
              ['points', trans.__('Points')]
            ]}
            onChange={style => model.choose({ style: style as View['style'] })}
          />
        )}
        {selectableAxes(histogram, view).map(axis => (
          <Choice
            key={axis.name}
            label={option('', axis.label)[1]}
            title={option('', axis.label)[1]}
            value={chosen(view.select[axis.name])}
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
        <TextButton
          icon={isOpen ? caretDownIcon : caretRightIcon}
          expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        >
          {trans.__('More')}
        </TextButton>
      </div>
      {isOpen && (
        <Options model={model} view={view} runs={runs} trans={trans} />
      )}
    </div>
  );
}

/** Chooses between one axis, a map of two, and the mean of one along the other. */
function SecondAxis({
  model,
  trans,
  view
}: {
  readonly model: HistogramModel;
  readonly view: View;
  readonly trans: TranslationBundle;
}): JSX.Element | null {
  const { histogram } = model;
  const others = histogram.axes.filter(({ name }) => name !== view.x);
  const averaged = isProfile(histogram)
    ? []
    : others.filter(({ discrete }) => !discrete);
  const value =
    view.y === null ? '' : `${view.profile ? 'mean' : 'map'}=${view.y}`;
  return (
    <Choice
      label={trans.__('Against')}
      value={value}
      options={[
        ['', trans.__('Contents')],
        ...others.map(({ label, name }) =>
          option(`map=${name}`, trans.__('%1 (map)', label))
        ),
        ...averaged.map(({ label, name }) =>
          option(`mean=${name}`, trans.__('%1 (profile)', label))
        )
      ]}
      onChange={value => {
        const at = value.indexOf('=');
        const profile = value.startsWith('mean=');
        model.choose({ y: at < 0 ? null : value.slice(at + 1), profile });
      }}
    />
  );
}

/** A category may be called '', which stands for the sum here. */
function chosen(category: string | undefined): string {
  return category === undefined ? '' : `=${category}`;
}
