export { type IBin, isFlow } from './bins';
export { type IPlotData, plotData } from './data';
export { type IFigure, type IFigureOptions, binAt } from './figure';
export { parseLabel, plainLabel } from './label';
export { layoutFigure } from './layoutfigure';
export { FigurePainter } from './painter';
export {
  type IReadout,
  type IReadoutRow,
  binText,
  measurementText,
  rangeText,
  readBin
} from './readout';
export type { IRange } from './scales';
