import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { FrameScale } from '../services/models';
import { useSignal } from './hooks';
import type { HistogramModel } from './model';

interface IRemarksProps {
  readonly model: HistogramModel;
  readonly trans: TranslationBundle;
}

/** Says how contents were scaled, and what could not be drawn. */
export function Remarks({ model, trans }: IRemarksProps): JSX.Element | null {
  useSignal(model.frameChanged);
  const header = model.frame?.header;
  if (!header || (!header.scale && header.remarks.length === 0)) {
    return null;
  }
  return (
    <ul className="casa-Plot-remarks" aria-label={trans.__('Remarks')}>
      {header.scale && (
        <li className="casa-mod-scale" title={factorsText(header.scale)}>
          {scaleText(header.scale, trans)}
        </li>
      )}
      {header.remarks.map(remark => (
        <li key={remark}>{remark}</li>
      ))}
    </ul>
  );
}

/** Says what the contents were multiplied with. */
function scaleText(
  { luminosity, weighted }: FrameScale,
  trans: TranslationBundle
): string {
  if (luminosity === null) {
    return trans.__(
      'Each dataset is scaled from the events processed to all of its events.'
    );
  }
  return weighted
    ? trans.__(
        'Simulation is scaled to %1 /pb: cross-section × luminosity / sum of weights of the events processed.',
        luminosity
      )
    : trans.__(
        'Simulation is scaled to %1 /pb: cross-section × luminosity / number of events processed.',
        luminosity
      );
}

function factorsText({ factors }: FrameScale): string {
  return Object.entries(factors)
    .map(([dataset, factor]) => `${dataset} × ${factor.toPrecision(4)}`)
    .join('\n');
}
