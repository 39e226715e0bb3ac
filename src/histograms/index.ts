export { Controls } from './controls';
export { partialList, partialRange, partialText } from './fractions';
export { useSignal } from './hooks';
export { HistogramModel } from './model';
export { HistogramStream, type IHistogramStream } from './stream';
export { FullPlot, Thumbnail } from './view';
