import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { HistogramStream, type IHistogramStream } from '../../histograms';
import type { IRunManager } from '../tokens';
import { RunTabModel } from './model';
import { RunTab } from './widget';

/** Makes the tabs of runs, which share one connection for histograms. */
export class RunTabFactory {
  constructor(options: RunTabFactory.IOptions) {
    this._runs = options.runs;
    this._trans = options.trans;
    this._stream = new HistogramStream({
      serverSettings: options.serverSettings
    });
  }

  /** Makes the tab of a run. */
  create(run: string): MainAreaWidget<RunTab> {
    const model = new RunTabModel({
      run,
      runs: this._runs,
      stream: this._stream
    });
    const content = new RunTab({ model, trans: this._trans });
    const widget = new MainAreaWidget({ content });
    widget.id = `casa-run-${run}`;
    widget.toolbar.hide();
    return widget;
  }

  private _runs: IRunManager;
  private _stream: IHistogramStream;
  private _trans: TranslationBundle;
}

export namespace RunTabFactory {
  export interface IOptions {
    runs: IRunManager;
    serverSettings: ServerConnection.ISettings;
    trans: TranslationBundle;
  }
}
