import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import type { IClusterManager } from '../../clusters/tokens';
import type { IDatasetManager } from '../../datasets/tokens';
import type { NewRun, Processor, Run, RunRequest } from '../../services/models';
import { messageOf } from '../../services/request';
import type { ICasaSettings } from '../../settings';
import type { IRunManager } from '../tokens';
import { ANYTHING, type IArgumentInputs, type Signature } from './arguments';
import { DryRunModel } from './dryrun';
import { ProcessorFinder } from './finder';
import {
  type IDatasetChoice,
  type ILaunchForm,
  inputsIn,
  type IPlaceChoice,
  missing,
  placeKey,
  places,
  toNewRun
} from './form';
import { PastRun } from './past';

/** The state of the dialog of a new run. */
export class LaunchModel implements IDisposable {
  constructor(options: LaunchModel.IOptions) {
    const { clusters, datasets, settings } = options;
    this._options = options;
    this._past = options.past ? new PastRun(options.past, options.trans) : null;
    const listed = new Set(datasets.datasets.map(({ name }) => name));
    this._form = this._past?.form ?? {
      processor: '',
      datasets: (options.preselected ?? []).filter(name => listed.has(name)),
      place: { profile: clusters.profiles[0]?.name ?? 'local' },
      schema: '',
      chunksize: String(settings.chunksize ?? ''),
      maxchunks: '',
      columnMemory: String(settings.columnGigabytes ?? ''),
      failFast: settings.failFast,
      arguments: new Map(),
      name: '',
      tags: '',
      note: ''
    };
    this.dryRun = new DryRunModel(options.runs);
    this.dryRun.changed.connect(this._onChanged, this);
    this.finder = new ProcessorFinder({
      runs: options.runs,
      file: options.file,
      first: this._past?.processors
    });
    this.finder.changed.connect(this._onChanged, this);
    void this.finder.ready.then(() => this._chooseOnly());
    this._findPlaces();
    clusters.changed.connect(this._onClustersChanged, this);
    datasets.changed.connect(this._onChanged, this);
  }

  /** Tries the run before it is launched. */
  readonly dryRun: DryRunModel;

  /** Finds the processors to choose from. */
  readonly finder: ProcessorFinder;

  /** Whether the run is a variation of an earlier one. */
  get isVariation(): boolean {
    return this._past !== null;
  }

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

  /** The file that the user came from, if nothing was found in it. */
  get emptyFile(): string | null {
    const { file } = this._options;
    return this._isSearched && file && this.finder.own.length === 0
      ? file
      : null;
  }

  /** The chosen processor, where it is among those found. */
  get processor(): Processor | null {
    return this.finder.find(this._form.processor.trim());
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

  /** The datasets to choose from. */
  get datasets(): readonly IDatasetChoice[] {
    const { datasets } = this._options.datasets;
    return this._past
      ? this._past.datasets(datasets, this._asBefore)
      : datasets.map(({ name, events }) => ({ name, events, isPast: false }));
  }

  /** Whether files are those of the earlier run; null where that is no question. */
  get asBefore(): boolean | null {
    const { datasets } = this._options.datasets;
    return this._past?.hasOther(datasets) ? this._asBefore : null;
  }
  set asBefore(asBefore: boolean) {
    this._asBefore = asBefore;
    if (asBefore) {
      this._continues = false; // nothing is new in the files of that run
    }
    this._changed.emit();
  }

  /** Whether only what is new is processed; null where there is nothing to continue. */
  get continues(): boolean | null {
    return this._past === null ? null : this._continues;
  }
  set continues(continues: boolean) {
    this._continues = continues;
    if (continues) {
      this._asBefore = false; // what is new is in the datasets as they are now
    }
    this._changed.emit();
  }

  /** Where the run can be processed. */
  get places(): readonly IPlaceChoice[] {
    return this._places;
  }

  update(change: Partial<ILaunchForm>): void {
    this._form = { ...this._form, ...change };
    if (change.processor !== undefined) {
      this._keepArguments();
    }
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
      this.finder.dispose();
      Signal.clearData(this);
    }
  }

  private _newRun(): NewRun {
    const asked = toNewRun(this._form, this.signature, this._options.trans);
    return this._past
      ? {
          ...asked,
          origin: this._past.origin(asked.datasets, this.datasets),
          continues: this.continues ? this._past.id : null
        }
      : asked;
  }

  /** Chooses the processor of the file that the user came from, if there is one. */
  private _chooseOnly(): void {
    const [only, ...others] = this.finder.own;
    this._isSearched = true;
    if (only && others.length === 0 && this._form.processor === '') {
      this._form = { ...this._form, processor: only.location };
    }
    this._onChanged();
  }

  /** Takes the arguments of the earlier run over to another version of its code. */
  private _keepArguments(): void {
    const { arguments: known, processor: location } = this._form;
    const { processor } = this;
    if (processor && this._past?.isOf(processor) && !known.has(location)) {
      this._form = {
        ...this._form,
        arguments: new Map(known).set(location, this._past.inputs(processor))
      };
    }
  }

  private _findPlaces(): void {
    const { clusters, trans } = this._options;
    this._places = places(clusters.profiles, clusters.clusters, trans);
    const { place } = this._form;
    if ('cluster' in place) {
      // A profile stands for its cluster where it has only one.
      const own = clusters.clusters.find(({ id }) => id === place.cluster);
      const profile = own && { profile: own.profile };
      const isListed = this._places.some(({ key }) => key === placeKey(place));
      if (profile && !isListed) {
        this._form = { ...this._form, place: profile };
      }
    }
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

  private _asBefore = true;
  private _busy = false;
  private _changed = new Signal<this, void>(this);
  private _continues = false;
  private _form: ILaunchForm;
  private _isDisposed = false;
  private _isSearched = false;
  private _options: LaunchModel.IOptions;
  private _past: PastRun | null;
  private _places: readonly IPlaceChoice[] = [];
  private _problem: string | null = null;
}

export namespace LaunchModel {
  export interface IOptions {
    clusters: IClusterManager;
    datasets: IDatasetManager;
    runs: IRunManager;
    settings: Pick<ICasaSettings, 'chunksize' | 'columnGigabytes' | 'failFast'>;
    trans: TranslationBundle;

    /** Names of datasets that are ticked from the start. */
    preselected?: readonly string[];

    /** What an earlier run was launched with, to be changed. */
    past?: RunRequest;

    /** The file or notebook that the user came from. */
    file?: string;
  }
}
