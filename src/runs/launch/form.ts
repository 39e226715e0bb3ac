import type { TranslationBundle } from '@jupyterlab/translation';
import type { Cluster, NewRun, Profile } from '../../services/models';
import { problemOfTags, splitTags } from '../tags';
import {
  type IArgumentInputs,
  NO_INPUTS,
  readArguments,
  type Signature
} from './arguments';

/** How a processor is named: `path/to/file.py:Name` or `module:Name`. */
const LOCATION = /^.+:[A-Za-z_]\w*$/;

/** Where a run is to be processed: a profile, or a cluster that there is. */
export type Place = { profile: string } | { cluster: string };

/** What the user has put into the dialog of a new run. */
export interface ILaunchForm {
  /** The processor's location, chosen or typed. */
  processor: string;

  datasets: readonly string[];

  place: Place;

  /** The schema's name; empty for what the processor or the files declare. */
  schema: string;

  /** As typed; empty to leave it to Casa. */
  chunksize: string;

  /** Most chunks of a dataset, as typed; empty for all. */
  maxchunks: string;

  /** Gigabytes of each worker's memory for columns, as typed; empty to keep none. */
  columnMemory: string;

  failFast: boolean;

  /** What was typed for the arguments, by the processor's location. */
  arguments: ReadonlyMap<string, IArgumentInputs>;

  /** Empty for the processor's. */
  name: string;

  /** As typed; `splitTags` reads them. */
  tags: string;

  note: string;
}

/** Returns what was typed for the arguments of the chosen processor. */
export function inputsIn(form: ILaunchForm): IArgumentInputs {
  return form.arguments.get(form.processor.trim()) ?? NO_INPUTS;
}

/**
 * Says what the form still lacks, as a sentence, or returns null when it can be
 * launched.
 */
export function missing(
  form: ILaunchForm,
  signature: Signature,
  trans: TranslationBundle
): string | null {
  const processor = form.processor.trim();
  if (processor === '') {
    return trans.__('Choose a processor.');
  }
  if (!isLocation(processor)) {
    return trans.__(
      'Choose a processor from the list, or type its file and class: path/to/file.py:ClassName.'
    );
  }
  const read = readArguments(signature, inputsIn(form), trans);
  if ('problem' in read) {
    return read.problem;
  }
  if (form.datasets.length === 0) {
    return trans.__('Choose at least one dataset.');
  }
  if (isNoNumber(form.chunksize)) {
    return trans.__(
      'Type a whole number of events, at least 1, for the chunk size, or nothing.'
    );
  }
  if (isNoNumber(form.maxchunks)) {
    return trans.__(
      'Type a whole number of chunks, at least 1, for the most of a dataset, or nothing.'
    );
  }
  if (form.columnMemory.trim() !== '' && bytesIn(form.columnMemory) === null) {
    return trans.__(
      'Type a number of gigabytes, such as 2 or 0.5, for the columns to keep, or nothing.'
    );
  }
  return problemOfTags(form.tags, trans);
}

/** Whether a text names a class in a file or module. */
export function isLocation(text: string): boolean {
  return LOCATION.test(text.trim());
}

/** Returns what to ask the server for; the form must lack nothing. */
export function toNewRun(
  form: ILaunchForm,
  signature: Signature,
  trans: TranslationBundle
): NewRun {
  const read = readArguments(signature, inputsIn(form), trans);
  return {
    processor: {
      location: form.processor.trim(),
      arguments: 'values' in read ? read.values : {}
    },
    datasets: [...form.datasets],
    ...('cluster' in form.place
      ? { cluster: form.place.cluster }
      : { cluster: null, profile: form.place.profile }),
    schema_name: form.schema || null,
    chunksize: numberIn(form.chunksize),
    maxchunks: numberIn(form.maxchunks),
    column_bytes: bytesIn(form.columnMemory),
    fail_fast: form.failFast,
    name: form.name.trim() || null,
    tags: splitTags(form.tags),
    note: form.note.trim()
  };
}

function isNoNumber(text: string): boolean {
  return text.trim() !== '' && numberIn(text) === null;
}

function numberIn(text: string): number | null {
  // People write 100 000 and 100_000.
  const digits = text.replace(/[\s_]/g, '');
  const number = /^\d+$/.test(digits) ? Number(digits) : 0;
  return number >= 1 && Number.isSafeInteger(number) ? number : null;
}

function bytesIn(text: string): number | null {
  const [, digits] = /^\s*(\d+(?:[.,]\d+)?)\s*(?:GB)?\s*$/i.exec(text) ?? [];
  const bytes = Math.round(1e9 * Number(digits?.replace(',', '.') ?? 0));
  return bytes >= 1 && Number.isSafeInteger(bytes) ? bytes : null;
}

/** A choice of where to process. */
export interface IPlaceChoice {
  /** Identifies the choice in the list. */
  key: string;
  label: string;
  place: Place;
}

/**
 * Lists where a run can be processed.
 *
 * A profile stands for the one cluster it has, or for the one it will start;
 * clusters are listed one by one where the profile does not tell them apart.
 */
export function places(
  profiles: readonly Profile[],
  clusters: readonly Cluster[],
  trans: TranslationBundle
): IPlaceChoice[] {
  const usable = clusters.filter(
    ({ state }) => state === 'running' || state === 'starting'
  );
  const choices: IPlaceChoice[] = [];
  const listed = new Set<Cluster>();
  for (const { name, title } of profiles) {
    const own = usable.filter(({ profile }) => profile === name);
    if (own.length > 1) {
      continue;
    }
    own.forEach(cluster => listed.add(cluster));
    choices.push({
      key: placeKey({ profile: name }),
      label: own[0]
        ? describe(own[0], title, trans)
        : trans.__('%1 (starts with the run)', title),
      place: { profile: name }
    });
  }
  for (const cluster of usable) {
    if (!listed.has(cluster)) {
      choices.push({
        key: placeKey({ cluster: cluster.id }),
        label: describe(cluster, `${cluster.title} ${cluster.id}`, trans),
        place: { cluster: cluster.id }
      });
    }
  }
  return choices;
}

function describe(
  { state, desired_workers: workers }: Cluster,
  title: string,
  trans: TranslationBundle
): string {
  return state === 'running'
    ? trans._n(
        '%2 (running, %1 worker)',
        '%2 (running, %1 workers)',
        workers,
        title
      )
    : trans.__('%1 (starting)', title);
}

/** Identifies a place among the choices. */
export function placeKey(place: Place): string {
  return 'cluster' in place
    ? `cluster:${place.cluster}`
    : `profile:${place.profile}`;
}

/** A dataset to tick. */
export interface IDatasetChoice {
  name: string;

  /** Null where nobody knows. */
  events: number | null;

  /** Whether its files are those that it had in the run that is changed. */
  isPast: boolean;
}

/** The number of events in the datasets, or null when some do not know. */
export function eventsIn(
  datasets: readonly Pick<IDatasetChoice, 'events'>[]
): number | null {
  let events = 0;
  for (const dataset of datasets) {
    if (dataset.events === null) {
      return null;
    }
    events += dataset.events;
  }
  return events;
}
