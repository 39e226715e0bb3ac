import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';
import { formatCount } from '../../components/format';
import { MiddleEllipsis } from '../../components/name';
import { eventsIn, type IDatasetChoice } from './form';

/** More datasets than this deserve a filter. */
const FEW = 6;

/** More than this are not drawn; the filter narrows. */
const MOST = 500;

interface IDatasetPickerProps {
  datasets: readonly IDatasetChoice[];

  /** Names of the ticked datasets. */
  value: readonly string[];

  onChange: (names: string[]) => void;
  trans: TranslationBundle;
}

/** A list of datasets to tick. */
export function DatasetPicker(props: IDatasetPickerProps): JSX.Element {
  const { datasets, value, onChange, trans } = props;
  const [filter, setFilter] = useState('');
  const ticked = new Set(value);
  const text = filter.trim().toLowerCase();
  const shown = datasets.filter(({ name }) =>
    name.toLowerCase().includes(text)
  );

  const set = (names: readonly string[], tick: boolean) => {
    const changed = new Set(names);
    onChange(
      datasets
        .map(({ name }) => name)
        .filter(name => (changed.has(name) ? tick : ticked.has(name)))
    );
  };

  const allTicked =
    shown.length > 0 && shown.every(({ name }) => ticked.has(name));
  return (
    <div className="casa-DatasetPicker">
      {datasets.length > FEW && (
        <input
          type="search"
          className="jp-mod-styled casa-Input"
          aria-label={trans.__('Filter datasets')}
          placeholder={trans.__('Filter datasets')}
          value={filter}
          onChange={event => setFilter(event.target.value)}
        />
      )}
      <div className="casa-List casa-DatasetPicker-list">
        {shown.length > 1 && (
          <label className="casa-Tick casa-Tick-all">
            <input
              type="checkbox"
              checked={allTicked}
              ref={box => {
                if (box) {
                  box.indeterminate =
                    !allTicked && shown.some(({ name }) => ticked.has(name));
                }
              }}
              onChange={event =>
                set(
                  shown.map(({ name }) => name),
                  event.target.checked
                )
              }
            />
            <span>{text ? trans.__('All shown') : trans.__('All')}</span>
            <span className="casa-Tick-detail">
              {summary(datasets, ticked, trans)}
            </span>
          </label>
        )}
        {shown.slice(0, MOST).map(({ name, events, isPast }) => (
          <label key={name} className="casa-Tick">
            <input
              type="checkbox"
              checked={ticked.has(name)}
              onChange={event => set([name], event.target.checked)}
            />
            <MiddleEllipsis text={name} />
            {(events !== null || isPast) && (
              <span className="casa-Tick-detail">
                {[
                  isPast && trans.__('files of that run'),
                  events !== null && trans.__('%1 events', formatCount(events))
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            )}
          </label>
        ))}
        {shown.length > MOST && (
          <p className="casa-List-note">
            {trans.__(
              '%1 more are not shown. Filter to find them.',
              shown.length - MOST
            )}
          </p>
        )}
        {shown.length === 0 && (
          <p className="casa-List-note">
            {datasets.length === 0
              ? trans.__(
                  'There are no datasets yet. Add some in the sidebar first.'
                )
              : trans.__('No dataset matches.')}
          </p>
        )}
      </div>
    </div>
  );
}

function summary(
  datasets: readonly IDatasetChoice[],
  ticked: ReadonlySet<string>,
  trans: TranslationBundle
): string {
  const chosen = datasets.filter(({ name }) => ticked.has(name));
  const events = eventsIn(chosen);
  return chosen.length === 0 || events === null
    ? trans.__('%1 of %2', chosen.length, datasets.length)
    : trans.__(
        '%1 of %2 · %3 events',
        chosen.length,
        datasets.length,
        formatCount(events)
      );
}
