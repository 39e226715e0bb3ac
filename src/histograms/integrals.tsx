import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Integral } from '../services/models';
import { useSignal } from './hooks';
import type { HistogramModel } from './model';
import { measurementText, plainLabel, rangeText } from './renderer';

interface IIntegralsProps {
  readonly model: HistogramModel;
  readonly trans: TranslationBundle;
}

/** Says what is in the range that was selected. */
export function Integrals({
  model,
  trans
}: IIntegralsProps): JSX.Element | null {
  useSignal(model.frameChanged);
  useSignal(model.changed);
  const { frame, view } = model;
  const integrate = frame?.header.view.integrate;
  if (!frame || !integrate || !view?.integrate) {
    return null;
  }
  const { integrals, x } = frame.header;
  const [low, high] = integrate;
  const range = rangeText(low ?? -Infinity, high ?? Infinity);
  const shown = integrals.filter(
    ({ role }) => role !== 'band' && (role !== 'total' || integrals.length > 2)
  );
  return (
    <div className="casa-Integrals" role="status" aria-live="polite">
      <span className="casa-Integrals-range">
        {trans.__('Integral over %1: %2', plainLabel(x.label), range)}
      </span>
      <dl>
        {shown.map(integral => (
          <div key={`${integral.role}/${integral.name}`}>
            <dt>{nameOf(integral, trans)}</dt>
            <dd>{integralText(integral)}</dd>
          </div>
        ))}
      </dl>
      <button
        type="button"
        className="casa-IconButton"
        title={trans.__('Clear the selection')}
        aria-label={trans.__('Clear the selection')}
        onClick={() => model.choose({ integrate: null })}
      >
        <closeIcon.react tag="span" />
      </button>
    </div>
  );
}

function nameOf({ name, role }: Integral, trans: TranslationBundle): string {
  return role === 'total'
    ? trans.__('Sum')
    : plainLabel(name) || trans.__('Content');
}

function integralText({ lower, upper, value }: Integral): string {
  return measurementText(value ?? NaN, lower ?? NaN, upper ?? NaN);
}
