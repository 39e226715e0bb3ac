import { type ISignal, Signal } from '@lumino/signaling';
import type { HistogramModel } from '../../../histograms';
import type { Choice, ExportFormat } from '../../../services/models';
import { type IFile, messageOf } from '../../../services/request';
import type { IRunManager } from '../../tokens';
import type { Looks } from './looks';

/** Takes histograms of a run away: as files, and as code. */
export class TakeAwayModel {
  constructor(options: TakeAwayModel.IOptions) {
    this.looks = options.looks;
    this._run = options.run;
    this._runs = options.runs;
    this._save = options.save;
  }

  /** How pictures look. */
  readonly looks: Looks;

  /** Whether a file keeps every axis, and not only what is shown. */
  get whole(): boolean {
    return this._whole;
  }
  set whole(value: boolean) {
    this._whole = value;
    this._changed.emit();
  }

  /** The format that is being made; null while there is nothing to wait for. */
  get busy(): ExportFormat | null {
    return this._busy;
  }

  /** Why there is no file, as a sentence, or null. */
  get problem(): string | null {
    return this._problem;
  }

  /** Emitted when something above changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Makes a file of histograms, and saves it in the browser. */
  async save(
    format: ExportFormat,
    histograms: readonly HistogramModel[]
  ): Promise<void> {
    if (this._busy) {
      return;
    }
    this._set(format, null);
    try {
      this._save(
        await this._runs.exportHistograms(this._run, {
          format,
          choices: histograms.map(choiceOf),
          whole: this._whole && canBeWhole(format),
          look: this.looks.look
        })
      );
      this._set(null, null);
    } catch (error) {
      this._set(null, messageOf(error));
    }
  }

  /** Returns Python that draws a histogram as it is shown. */
  code(histogram: HistogramModel): Promise<string> {
    return this._runs.histogramCode(this._run, {
      choice: choiceOf(histogram),
      look: this.looks.look
    });
  }

  /** Says why something did not work; null takes it as read. */
  tell(problem: string | null): void {
    this._set(this._busy, problem);
  }

  private _set(busy: ExportFormat | null, problem: string | null): void {
    this._busy = busy;
    this._problem = problem;
    this._changed.emit();
  }

  private _busy: ExportFormat | null = null;
  private _changed = new Signal<this, void>(this);
  private _problem: string | null = null;
  private _run: string;
  private _runs: IRunManager;
  private _save: (file: IFile) => void;
  private _whole = false;
}

export namespace TakeAwayModel {
  export interface IOptions {
    /** Id of the run. */
    run: string;
    runs: IRunManager;
    looks: Looks;

    /** Gives a file to the user. */
    save: (file: IFile) => void;
  }
}

/** Says whether a format can hold histograms with every axis. */
function canBeWhole(format: ExportFormat): boolean {
  return format === 'uhi' || format === 'root' || format === 'csv';
}

/** Returns what the server is told of a histogram and how it is shown. */
function choiceOf(histogram: HistogramModel): Choice {
  const { drawing, order, path, range, rangeY, view } = histogram;
  return {
    histogram: path,
    view,
    log: drawing.log,
    log_x: drawing.logX,
    range: range ? [range.low, range.high] : null,
    range_y: rangeY ? [rangeY.low, rangeY.high] : null,
    order: [...order]
  };
}
