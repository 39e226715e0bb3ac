import type {
  Axis,
  Cluster,
  ClusterList,
  Dataset,
  DatasetFile,
  DatasetList,
  DatasetTiles,
  DryRun,
  Failure,
  FailureExample,
  FailureGroup,
  FailureList,
  FailurePlace,
  FileState,
  FileTiles,
  Forecast,
  Histogram,
  HistogramCatalog,
  LateBatch,
  HistogramCode,
  LeftOut,
  Parameter,
  PastDataset,
  Prediction,
  Processor,
  ProcessorList,
  Profile,
  ProfileList,
  Progress,
  Run,
  RunChanges,
  RunDetails,
  RunList,
  RunFile,
  RunFileList,
  RunLog,
  RunMetrics,
  RunRequest,
  RunSeries,
  Source,
  Transcript,
  Worker
} from './models';

/**
 * Returns a value as what it is said to be, or throws an error that says where
 * it differs. Checked is what a view would stumble over, not every field.
 */
export type Check<T> = (value: unknown, where: string) => T;

/** A check of an object by (some of) its fields. */
export function object<T>(fields: {
  [Key in keyof T]?: Check<T[Key]>;
}): Check<T> {
  const checks = Object.entries(fields) as [string, Check<unknown>][];
  return (value, where) => {
    if (!isMapping(value)) {
      throw new TypeError(`${where} is not an object`);
    }
    for (const [name, check] of checks) {
      check(value[name], `${where}.${name}`);
    }
    return value as T;
  };
}

/** A check of a list by its items. */
export function list<T>(item: Check<T>): Check<T[]> {
  return (value, where) => {
    if (!Array.isArray(value)) {
      throw new TypeError(`${where} is not a list`);
    }
    value.forEach((each, index) => item(each, `${where}[${index}]`));
    return value as T[];
  };
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Checks a string. */
export function text<T extends string>(value: unknown, where: string): T {
  if (typeof value !== 'string') {
    throw new TypeError(`${where} is not a string`);
  }
  return value as T;
}

/** Checks a number. */
export function number(value: unknown, where: string): number {
  if (typeof value !== 'number') {
    throw new TypeError(`${where} is not a number`);
  }
  return value;
}

/** Checks something that is true or false. */
export function boolean(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') {
    throw new TypeError(`${where} is not true or false`);
  }
  return value;
}

/** Checks an object of which no field is known. */
export function mapping<T extends object>(value: unknown, where: string): T {
  if (!isMapping(value)) {
    throw new TypeError(`${where} is not an object`);
  }
  return value as T;
}

/** For replies without a body. */
export const nothing: Check<void> = () => undefined;

export const source = object<Source>({
  id: text,
  kind: text,
  path: text,
  label: text,
  removable: boolean
});

const dataset = object<Dataset>({
  name: text,
  source: text,
  files: list(object<DatasetFile>({ path: text, treename: text })),
  metadata: mapping
});

export const datasetList = object<DatasetList>({
  datasets: list(dataset),
  sources: list(source)
});

export const profileList = object<ProfileList>({
  profiles: list(
    object<Profile>({ name: text, title: text, description: text })
  )
});

export const cluster = object<Cluster>({
  id: text,
  title: text,
  state: text,
  message: text,
  desired_workers: number,
  workers: list(
    object<Worker>({
      memory_bytes: number,
      memory_limit_bytes: number,
      cpu_percent: number
    })
  ),
  created: number,
  updated: number,
  code: text
});

export const clusterList = object<ClusterList>({ clusters: list(cluster) });

const processor = object<Processor>({
  location: text,
  name: text,
  file: text,
  summary: text,
  parameters: list(
    object<Parameter>({
      name: text,
      kind: text,
      items: text,
      default_source: text,
      description: text
    })
  )
});

export const processorList = object<ProcessorList>({
  processors: list(processor)
});

const forecast = object<Forecast>({
  workers: number,
  chunksize: number,
  predictions: list(object<Prediction>({ workers: number, seconds: number })),
  warnings: list<string>(text),
  datasets: mapping
});

export const dryRun = object<DryRun>({
  id: text,
  state: text,
  message: text,
  forecast: (value, where) => (value === null ? null : forecast(value, where))
});

export const run = object<Run>({
  id: text,
  name: text,
  door: text,
  state: text,
  message: text,
  processor: object<Run['processor']>({ location: text }),
  progress: object<Progress>({
    datasets: mapping,
    events_done: number,
    chunks_failed: number,
    left_out: object<LeftOut>({ chunks: number, events: number }),
    events_per_second: number,
    seconds_elapsed: number
  }),
  datasets: list<string>(text),
  histograms_sequence: number,
  reports_sequence: number,
  created: number,
  updated: number,
  resumable: boolean,
  code_kept: boolean,
  tags: list<string>(text),
  note: text,
  archived: boolean
});

export const runList = object<RunList>({
  runs: list(run),
  total: number,
  tags: list(object<RunList['tags'][number]>({ tag: text, runs: number })),
  archived: number
});

export const runDetails = object<RunDetails>({
  location: text,
  arguments: mapping,
  versions: mapping,
  diff: text,
  sources: list(
    object<RunDetails['sources'][number]>({ path: text, text: text })
  ),
  datasets: list(
    object<RunDetails['datasets'][number]>({
      dataset: text,
      files: list(
        object<RunDetails['datasets'][number]['files'][number]>({ file: text })
      ),
      files_total: number,
      metadata: mapping
    })
  ),
  size_bytes: number
});

const differences = list(
  object<RunChanges['settings'][number]>({ name: text })
);

export const runChanges = object<RunChanges>({
  name: text,
  since_name: text,
  created: number,
  since_created: number,
  code: list(object<RunChanges['code'][number]>({ path: text, diff: text })),
  code_known: boolean,
  arguments: differences,
  settings: differences,
  versions: differences,
  datasets: list(
    object<RunChanges['datasets'][number]>({ dataset: text, kind: text })
  ),
  metrics: list(
    object<RunChanges['metrics'][number]>({ name: text, unit: text })
  )
});

export const runRequest = object<RunRequest>({
  run: text,
  new: object<RunRequest['new']>({
    processor: object<Run['processor']>({ location: text, arguments: mapping }),
    tags: list<string>(text),
    note: text
  }),
  processor: (value, where) =>
    value === null ? null : processor(value, where),
  is_current: boolean,
  datasets: list(
    object<PastDataset>({ dataset: text, files: number, is_current: boolean })
  )
});

/** Code and a command that launch a run again. */
export const transcript = object<Transcript>({ code: text, command: text });

const failureGroup = object<FailureGroup>({
  id: text,
  kind: text,
  cause: text,
  chunks: number,
  events: number,
  unread_files: number,
  files_total: number,
  hosts: list<string>(text),
  places: list(object<FailurePlace>({ dataset: text, file: text })),
  places_total: number,
  attempts: number,
  example: object<FailureExample>({
    failure: object<Failure>({ file: text, exception: text, traceback: text }),
    trimmed: text,
    code: text
  })
});

export const failureList = object<FailureList>({
  groups: list(failureGroup),
  total: number,
  accepted: list(failureGroup)
});

export const runMetrics = object<RunMetrics>({
  sessions: number,
  wall_seconds: number,
  thread_seconds: number,
  event_rate_khz: number,
  slowest: list<LateBatch>(mapping),
  datasets: mapping,
  workers: mapping
});

export const runSeries = object<RunSeries>({
  interval: number,
  seconds: list<number>(number),
  events: list<number>(number),
  bytes_read: list<number>(number),
  worker_seconds: list<number>(number),
  thread_seconds: list<number>(number),
  busy_seconds: list<number>(number),
  peak_memory_bytes: list<number>(number),
  sessions: list<number>(number)
});

export const fileTiles = object<FileTiles>({
  states: list<FileState>(text),
  files_per_tile: number,
  datasets: list(
    object<DatasetTiles>({
      dataset: text,
      files: number,
      counts: list<number>(number),
      tiles: list(list<number>(number)),
      done: list<number>(number)
    })
  )
});

export const runFileList = object<RunFileList>({
  files: list(object<RunFile>({ dataset: text, file: text, state: text })),
  total: number
});

export const runLog = object<RunLog>({ text: text, truncated: boolean });

export const histogramCatalog = object<HistogramCatalog>({
  sequence: number,
  histograms: list(
    object<Histogram>({ path: text, label: text, axes: list<Axis>(mapping) })
  )
});

/** Python that loads a histogram and draws it. */
export const histogramCode = object<HistogramCode>({ code: text });
