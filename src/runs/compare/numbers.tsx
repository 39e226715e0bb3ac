import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { useChanges } from '../../components/signals';
import type { RunChanges } from '../../services/models';
import { formatMetric, metricName, ratioOf } from '../history/metrics';
import { letterOf } from './letters';
import type { CompareModel } from './model';

type Metric = RunChanges['metrics'][number];

interface IProps {
  readonly model: CompareModel;
  readonly trans: TranslationBundle;
}

/** The numbers of all runs side by side, and what they are of the reference's. */
export function Numbers({ model, trans }: IProps): JSX.Element | null {
  const { changes, ids, reference } = model;
  useChanges(...changes.values());
  const heading = React.useId();
  const metrics = new Map(
    [...changes].map(([id, { value }]) => [id, value?.metrics ?? []])
  );
  const known = [...metrics.values()].find(({ length }) => length > 0);
  if (!known) {
    return null;
  }
  const cell = (name: string, id: string): JSX.Element => {
    const isReference = id === reference;
    const of = isReference ? known : metrics.get(id);
    const metric = of?.find(each => each.name === name);
    return (
      <Cell key={id} metric={metric} isBefore={isReference} trans={trans} />
    );
  };
  return (
    <section className="casa-RunTab-section" aria-labelledby={heading}>
      <div className="casa-RunTab-heading">
        <h2 id={heading}>{trans.__('Numbers')}</h2>
      </div>
      <div className="casa-Compare-numbers" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className="casa-Changes-hidden">
                  {trans.__('Number')}
                </span>
              </th>
              {ids.map((id, index) => (
                <th key={id} scope="col" title={model.run(id)?.name ?? id}>
                  {letterOf(index)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {known.map(({ name }) => (
              <tr key={name}>
                <th scope="row">{metricName(name, trans)}</th>
                {ids.map(id => cell(name, id))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface ICellProps {
  readonly metric: Metric | undefined;

  /** Whether the number of the reference is wanted. */
  readonly isBefore: boolean;
  readonly trans: TranslationBundle;
}

function Cell({ isBefore, metric, trans }: ICellProps): JSX.Element {
  if (!metric) {
    return <td>–</td>;
  }
  const { after, before, unit } = metric;
  const ratio = isBefore ? '' : ratioOf(metric);
  return (
    <td data-changed={!isBefore && before !== after}>
      {formatMetric(isBefore ? before : after, unit, trans)}
      {ratio && <small>{ratio}</small>}
    </td>
  );
}
