import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ServerConnection } from '@jupyterlab/services';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import {
  HistogramStream,
  type IHistogramStream,
  PinnedRun
} from '../../histograms';
import { CompareModel } from '../compare/model';
import { ComparePage } from '../compare/widget';
import { sharePin } from '../history/reference';
import type { NotebookMaker } from '../notebooks';
import type { IRunManager } from '../tokens';
import { RunTabModel } from './model';
import { Sections } from './sections';
import { download } from './takeaway/download';
import { Looks } from './takeaway/looks';
import { TakeAwayModel } from './takeaway/model';
import { RunTab } from './widget';

/** Makes views of runs, which share one connection for histograms. */
export class RunTabFactory {
  constructor(options: RunTabFactory.IOptions) {
    this._commands = options.commands;
    this._looks = new Looks({ state: options.state });
    this._notebooks = options.notebooks;
    this._openCode = options.openCode;
    this._runs = options.runs;
    sharePin(this._pin, options.runs);
    this._sections = new Sections({ state: options.state });
    this._trans = options.trans;
    this._stream = new HistogramStream({
      serverSettings: options.serverSettings
    });
  }

  /** Makes what a view of a run shows; the view is to dispose it. */
  createModel(run: string): RunTabModel {
    return new RunTabModel({
      notebooks: this._notebooks,
      run,
      runs: this._runs,
      stream: this._stream,
      pin: this._pin,
      openCode: this._openCode && (path => this._openCode?.(run, path)),
      takeAway: this._takeAway(run)
    });
  }

  /** Makes the tab of a run. */
  create(run: string): MainAreaWidget<RunTab> {
    const content = new RunTab({
      model: this.createModel(run),
      commands: this._commands,
      sections: this._sections,
      trans: this._trans
    });
    const widget = new MainAreaWidget({ content });
    widget.id = `casa-run-${run}`;
    widget.toolbar.hide();
    return widget;
  }

  /**
   * Makes a tab that compares runs.
   *
   * @param runs - Their ids; the others are compared with the first.
   * @param onOpen - Called with the run that the user wants to see by itself.
   */
  createComparison(
    runs: readonly string[],
    onOpen: (run: string) => void
  ): MainAreaWidget<ComparePage> {
    const model = new CompareModel({
      runs,
      manager: this._runs,
      stream: this._stream,
      takeAway: run => this._takeAway(run)
    });
    const content = new ComparePage({
      model,
      onOpen,
      sections: this._sections,
      trans: this._trans
    });
    const widget = new MainAreaWidget({ content });
    widget.toolbar.hide();
    return widget;
  }

  private _takeAway(run: string): TakeAwayModel {
    return new TakeAwayModel({
      run,
      runs: this._runs,
      looks: this._looks,
      save: download
    });
  }

  private _commands: CommandRegistry;
  private _looks: Looks;
  private _notebooks: NotebookMaker;
  private _openCode: RunTabFactory.IOptions['openCode'];
  private _pin = new PinnedRun();
  private _runs: IRunManager;
  private _sections: Sections;
  private _stream: IHistogramStream;
  private _trans: TranslationBundle;
}

export namespace RunTabFactory {
  export interface IOptions {
    /** What can be done with runs elsewhere. */
    commands: CommandRegistry;

    /** Makes notebooks of code that runs into a failure. */
    notebooks: NotebookMaker;

    /** Opens a file of a run's code; null where nothing shows code. */
    openCode: ((run: string, path: string) => void) | null;
    runs: IRunManager;
    serverSettings: ServerConnection.ISettings;

    /** Remembers what the user chose, where there is such a thing. */
    state: IStateDB | null;
    trans: TranslationBundle;
  }
}
