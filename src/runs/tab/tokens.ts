import type { IWidgetTracker, MainAreaWidget } from '@jupyterlab/apputils';
import { Token } from '@lumino/coreutils';
import type { RunTab } from './widget';

export const IRunTabTracker = new Token<IRunTabTracker>(
  'casa-lab:IRunTabTracker',
  'Tracks the tabs of runs.'
);

/** The open tabs of runs. */
export type IRunTabTracker = IWidgetTracker<MainAreaWidget<RunTab>>;
