import type { IFigureOptions } from './figure';

/** A figure of usual size, with nothing special. */
export const FIGURE_OPTIONS: IFigureOptions = {
  width: 600,
  height: 400,
  log: false,
  logX: false,
  range: null,
  rangeY: null,
  isMean: false,
  compact: false,
  xLabel: '$p_T$ [GeV]',
  yLabel: 'Events',
  panelLabel: 'Ratio',
  uncertaintyName: 'Stat. unc.',
  remark: () => null
};
