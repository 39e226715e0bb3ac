import type { IPlotData } from './data';
import type { IFigure, IFigureOptions } from './figure';
import { layoutRows } from './figure1d';
import { layoutMap } from './figure2d';

/** Lays out a figure. */
export function layoutFigure(
  data: IPlotData,
  options: IFigureOptions
): IFigure {
  return data.map
    ? layoutMap(data, data.map, options)
    : layoutRows(data, options);
}
