import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSONObject } from '@lumino/coreutils';
import type {
  Dataset,
  NewRun,
  Processor,
  RunRequest
} from '../../services/models';
import { joinTags } from '../tags';
import { ANYTHING, inputsOf, type IArgumentInputs } from './arguments';
import type { IDatasetChoice, ILaunchForm, Place } from './form';

/** The run that a new one is a variation of. */
export class PastRun {
  constructor(
    private _request: RunRequest,
    private _trans: TranslationBundle
  ) {}

  /** Its id. */
  get id(): string {
    return this._request.run;
  }

  /** What the form is filled with. */
  get form(): ILaunchForm {
    const { new: asked } = this._request;
    const { location } = asked.processor;
    return {
      processor: location,
      datasets: asked.datasets,
      place: this._place,
      schema: asked.schema_name ?? '',
      chunksize: String(asked.chunksize ?? ''),
      maxchunks: String(asked.maxchunks ?? ''),
      columnMemory: asked.column_bytes ? String(asked.column_bytes / 1e9) : '',
      failFast: asked.fail_fast,
      arguments: new Map([[location, this.inputs(this._request.processor)]]),
      name: asked.name ?? '',
      tags: joinTags(asked.tags),
      note: asked.note
    };
  }

  /** Its processor, for the list: the code as it was, where that has changed. */
  get processors(): Processor[] {
    const { is_current: isCurrent, processor } = this._request;
    if (processor === null) {
      return [];
    }
    const file = isCurrent
      ? processor.file
      : this._trans.__('%1, as it was in that run', processor.file);
    return [{ ...processor, file }];
  }

  /** Returns what to show for its arguments in the form of a processor. */
  inputs(processor: Processor | null): IArgumentInputs {
    const values = this._request.new.processor.arguments as JSONObject;
    return inputsOf(processor ?? ANYTHING, values, this._trans);
  }

  /** Whether a processor is the same one, perhaps with other code. */
  isOf({ name }: Processor): boolean {
    return this._request.new.processor.location.endsWith(`:${name}`);
  }

  /** Whether the files of one of its datasets are other ones by now. */
  hasOther(listed: readonly Dataset[]): boolean {
    const names = new Set(listed.map(({ name }) => name));
    return this._request.datasets.some(
      each => !each.is_current && names.has(each.dataset)
    );
  }

  /**
   * Returns the datasets to choose from: its own, then the others that there are.
   *
   * @param asBefore - Whether its own have the files that they had, although others
   *   are listed by the same name.
   */
  datasets(listed: readonly Dataset[], asBefore: boolean): IDatasetChoice[] {
    const known = new Map(listed.map(each => [each.name, each]));
    const own = this._request.datasets.map(past => {
      const now = known.get(past.dataset);
      const isPast = !now || (asBefore && !past.is_current);
      const events = isPast || !now ? past.events : now.events;
      return { name: past.dataset, events, isPast };
    });
    const names = new Set(own.map(({ name }) => name));
    const others = listed.filter(({ name }) => !names.has(name));
    return [
      ...own,
      ...others.map(({ name, events }) => ({ name, events, isPast: false }))
    ];
  }

  /** Returns what a new run takes from this one. */
  origin(
    chosen: readonly string[],
    choices: readonly IDatasetChoice[]
  ): NewRun['origin'] {
    const past = new Set(
      choices.filter(({ isPast }) => isPast).map(({ name }) => name)
    );
    const datasets = chosen.filter(name => past.has(name));
    return { run: this._request.run, datasets };
  }

  private get _place(): Place {
    const { cluster, profile } = this._request.new;
    return cluster === null ? { profile } : { cluster };
  }
}
