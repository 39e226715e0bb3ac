export { Controls } from './controls';
export { Choice, NumberField, TextField, Toggle } from './fields';
export { FrameError, type IFrame, decodeFrame } from './frame';
export { partialList, partialRange, partialText } from './fractions';
export { useSignal } from './hooks';
export { pinIcon } from './icons';
export { HistogramModel } from './model';
export { type IRunChoice, PinnedRun } from './pin';
export { runColours } from './runcolours';
export {
  HistogramStream,
  type IHistogramStream,
  type IWatchReceiver,
  type IWatchRequest
} from './stream';
export { valuesText } from './values';
export { FullPlot, Thumbnail } from './view';
