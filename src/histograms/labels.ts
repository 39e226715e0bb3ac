import type { TranslationBundle } from '@jupyterlab/translation';

import type { Axis, Histogram, View } from '../services/models';
import { isProfile, quantityOf, unitOf } from './choices';
import type { IFrame } from './frame';
import { plainLabel } from './renderer';

/** Says whether what is drawn need not begin at zero: means and fractions. */
export function isMean(histogram: Histogram, view: View): boolean {
  return isProfile(histogram) || view.profile || view.fraction !== null;
}

/** Says what the vertical axis, or the colours of a map, count. */
export function quantityLabel(
  frame: IFrame,
  histogram: Histogram,
  trans: TranslationBundle
): string {
  const { header } = frame;
  const { view } = header;
  if (view.profile) {
    const averaged = histogram.axes.find(({ name }) => name === view.y);
    return trans.__('Mean %1', averaged?.label ?? view.y ?? '');
  }
  if (isProfile(histogram)) {
    return trans.__('Mean');
  }
  if (view.fraction !== null) {
    const axis = histogram.axes.find(({ name }) => name === view.fraction);
    const chosen = view.select[view.fraction];
    return trans.__('Fraction with %1: %2', axis?.label ?? '', chosen);
  }
  const quantity = quantityOf(histogram) ?? trans.__('Entries');
  if (view.per === 'density') {
    return view.cumulative
      ? trans.__('Cumulative fraction')
      : trans.__('Probability density');
  }
  if (view.cumulative) {
    return view.cumulative === 'below'
      ? trans.__('%1 below', quantity)
      : trans.__('%1 above', quantity);
  }
  const axes = header.y ? [header.x, header.y] : [header.x];
  if (view.per === 'width') {
    const units = axes.map(({ label }) => unitOf(label)).filter(Boolean);
    return units.length > 0
      ? `${quantity} / ${units.join(' / ')}`
      : trans.__('%1 / unit', quantity);
  }
  return header.y ? quantity : perBin(quantity, header.x, frame.edges, trans);
}

/** Says what the panel below compares. */
export function panelLabel(
  { header, rows }: IFrame,
  trans: TranslationBundle
): string {
  const { panel } = header;
  if (!panel) {
    return '';
  }
  if (panel.kind === 'pull') {
    return trans.__('Pull');
  }
  if (panel.reference !== '') {
    return trans.__('Ratio');
  }
  const data = rows.find(({ role }) => role === 'data')?.name ?? '';
  return data.length > 0 && data.length < 8
    ? trans.__('%1 / pred.', plainLabel(data))
    : trans.__('Data / pred.');
}

function perBin(
  quantity: string,
  axis: Axis,
  edges: Float64Array,
  trans: TranslationBundle
): string {
  if (axis.discrete || axis.kind === 'integer') {
    return quantity;
  }
  const width = binWidth(axis, edges);
  return width === null
    ? trans.__('%1 / bin', quantity)
    : `${quantity} / ${width}`;
}

/** Writes the width of the bins with its unit; null when they differ. */
function binWidth({ kind, label }: Axis, edges: Float64Array): string | null {
  const low = [...edges].findIndex(Number.isFinite);
  const width = Number((edges[low + 1] - edges[low]).toPrecision(4));
  if (kind !== 'regular' || !Number.isFinite(width)) {
    return null;
  }
  const unit = unitOf(label);
  return unit ? `${width} ${unit}` : String(width);
}
