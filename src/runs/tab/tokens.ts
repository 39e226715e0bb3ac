import type { IWidgetTracker, MainAreaWidget } from '@jupyterlab/apputils';
import { Token } from '@lumino/coreutils';
import type { RunTabFactory } from './factory';
import type { RunTab } from './widget';

/** The token of the tracker of tabs. */
export const IRunTabTracker = new Token<IRunTabTracker>(
  'casa-lab:IRunTabTracker',
  'Tracks the tabs of runs.'
);

/** The open tabs of runs. */
export type IRunTabTracker = IWidgetTracker<MainAreaWidget<RunTab>>;

/** The token of what makes views of runs. */
export const IRunViews = new Token<IRunViews>(
  'casa-lab:IRunViews',
  'Loads what shows runs in tabs and in outputs of notebooks.'
);

/** What shows runs, which is loaded when the first one is shown. */
export interface IRunViews {
  /** Loads it; all share one connection for histograms. */
  load(): Promise<RunTabFactory>;
}
