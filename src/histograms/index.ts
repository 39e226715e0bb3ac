export { Controls } from './controls';
export { partialList, partialRange, partialText } from './fractions';
export { useSignal } from './hooks';
export { pinIcon } from './icons';
export { HistogramModel } from './model';
export { type IRunChoice, PinnedRun } from './pin';
export { HistogramStream, type IHistogramStream } from './stream';
export { FullPlot, Thumbnail } from './view';
