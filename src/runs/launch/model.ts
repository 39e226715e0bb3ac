import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import type { IClusterManager } from '../../clusters/tokens';
import type { IDatasetManager } from '../../datasets/tokens';
import type { Dataset, NewRun, Processor, Run } from '../../services/models';
import { messageOf } from '../../services/request';
import type { ICasaSettings } from '../../settings';
import type { IRunManager } from '../tokens';
import { ANYTHING, type IArgumentInputs, type Signature } from './arguments';
import { DryRunModel } from './dryrun';
import {
  type ILaunchForm,
  inputsIn,
  type IPlaceChoice,
  missing,
  placeKey,
  places,
  toNewRun
} from './form';

/** The state of the dialog of a new run. */
export class LaunchModel implements IDisposable {
  constructor(options: LaunchModel.IOptions) {
    const { clusters, datasets, settings } = options;
    this._options = options;
    const listed = new Set(datasets.datasets.map(({ name }) => name));
    this._form = {
      processor: '',
      datasets: (options.preselected ?? []).filter(name => listed.has(name)),
      place: { profile: clusters.profiles[0]?.name ?? 'local' },
      schema: '',
      chunksize: String(settings.chunksize ?? ''),
      failFast: settings.failFast,
      arguments: new Map(),
      name: '',
      tags: '',
      note: ''
    };
    this.dryRun = new DryRunModel(options.runs);
    this.dryRun.changed.connect(this._onChanged, this);
    this._findPlaces();
    clusters.changed.connect(this._onClustersChanged, this);
    datasets.changed.connect(this._onChanged, this);
    void this._findProcessors();
  }

  /** Tries the run before it is launched. */
  readonly dryRun: DryRunModel;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** What the user has put in. */
  get form(): ILaunchForm {
    return this._form;
  }

  /** What the form still lacks, as a sentence, or null. */
  get missing(): string | null {
    return missing(this._form, this.signature, this._options.trans);
  }

  /** Why the server did not launch the run, or null. */
  get problem(): string | null {
    return this._problem;
  }

  /** Whether the launch is under way. */
  get busy(): boolean {
    return this._busy;
  }

  /** The processors found, or null while they are being searched for. */
  get processors(): readonly Processor[] | null {
    return this._processors;
  }

  /** Why processors could not be searched for, or null. */
  get processorsProblem(): string | null {
    return this._processorsProblem;
  }

  /** The chosen processor, where it is among those found. */
  get processor(): Processor | null {
    const location = this._form.processor.trim();
    return this._processors?.find(each => each.location === location) ?? null;
  }

  /** What the chosen processor takes; anything, where its source was not read. */
  get signature(): Signature {
    return this.processor ?? ANYTHING;
  }

  /** What was typed for the arguments of the chosen processor. */
  get inputs(): IArgumentInputs {
    return inputsIn(this._form);
  }

  set inputs(inputs: IArgumentInputs) {
    const location = this._form.processor.trim();
    this.update({
      arguments: new Map(this._form.arguments).set(location, inputs)
    });
  }

  get datasets(): readonly Dataset[] {
    return this._options.datasets.datasets;
  }

  /** Where the run can be processed. */
  get places(): readonly IPlaceChoice[] {
    return this._places;
  }

  update(change: Partial<ILaunchForm>): void {
    this._form = { ...this._form, ...change };
    this._changed.emit();
  }

  /** Whether the last dry run was about what the form asks for now. */
  get isTried(): boolean {
    return this.dryRun.isAbout(this._newRun());
  }

  /** Tries what the form asks for; resolves when that has ended. */
  async tryOut(): Promise<void> {
    if (this.missing === null) {
      this._problem = null;
      await this.dryRun.start(this._newRun());
    }
  }

  /** Asks the server for the run; returns null, with a problem, if it refuses. */
  async launch(): Promise<Run | null> {
    if (this._busy || this.missing !== null) {
      return null;
    }
    this._busy = true;
    this._problem = null;
    this._changed.emit();
    try {
      return await this._options.runs.launch(this._newRun());
    } catch (error) {
      this._problem = messageOf(error);
      return null;
    } finally {
      this._busy = false;
      this._changed.emit();
    }
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.dryRun.dispose();
      Signal.clearData(this);
    }
  }

  private _newRun(): NewRun {
    return toNewRun(this._form, this.signature, this._options.trans);
  }

  private async _findProcessors(): Promise<void> {
    try {
      this._processors = await this._options.runs.processors();
    } catch (error) {
      this._processors = [];
      this._processorsProblem = messageOf(error);
    }
    this._onChanged();
  }

  private _findPlaces(): void {
    const { clusters, trans } = this._options;
    this._places = places(clusters.profiles, clusters.clusters, trans);
    const chosen = placeKey(this._form.place);
    // A cluster that has just ended cannot stay chosen.
    if (
      this._places.length > 0 &&
      !this._places.some(({ key }) => key === chosen)
    ) {
      this._form = { ...this._form, place: this._places[0].place };
    }
  }

  private _onClustersChanged(): void {
    this._findPlaces();
    this._onChanged();
  }

  private _onChanged(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _busy = false;
  private _changed = new Signal<this, void>(this);
  private _form: ILaunchForm;
  private _isDisposed = false;
  private _options: LaunchModel.IOptions;
  private _places: readonly IPlaceChoice[] = [];
  private _problem: string | null = null;
  private _processors: readonly Processor[] | null = null;
  private _processorsProblem: string | null = null;
}

export namespace LaunchModel {
  export interface IOptions {
    clusters: IClusterManager;
    datasets: IDatasetManager;
    runs: IRunManager;
    settings: Pick<ICasaSettings, 'chunksize' | 'failFast'>;
    trans: TranslationBundle;

    /** Names of datasets that are ticked from the start. */
    preselected?: readonly string[];
  }
}
