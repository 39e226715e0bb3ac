export { type IPlotData, plotData } from './bins';
export {
  type IFigure,
  type IFigureOptions,
  binAt,
  layoutFigure
} from './figure';
export { parseLabel, plainLabel } from './label';
export { FigurePainter } from './painter';
export {
  type IReadout,
  type IReadoutRow,
  measurementText,
  readBin
} from './readout';
