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
  useSignal(model.changed);
  const header = model.frame?.header;
  const isCut = hidesNegative(model);
  if (!header || !(header.scale || header.remarks.length > 0 || isCut)) {
    return null;
  }
  return (
    <ul className="casa-Plot-remarks" aria-label={trans.__('Remarks')}>
      {header.scale && (
        <li className="casa-mod-scale" title={factorsText(header.scale)}>
          {scaleText(header.scale, trans)}
        </li>
      )}
      {isCut && (
        <li>{trans.__('A logarithmic axis shows nothing below 0.')}</li>
      )}
      {header.remarks.map(remark => (
        <li key={remark}>{remark}</li>
      ))}
    </ul>
  );
}

/** Whether bins are left out, since a logarithmic axis has no place for them. */
function hidesNegative({ drawing, frame, range }: HistogramModel): boolean {
  if (!frame || frame.header.x.discrete || (range && range.high <= 0)) {
    return false;
  }
  const isLog = drawing.logX ?? frame.header.x.transform === 'log';
  const edges = frame.edges.filter(Number.isFinite);
  // Without a bin above 0 the axis stays linear.
  return isLog && edges[0] < 0 && edges[edges.length - 2] > 0;
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
