import { Signal } from '@lumino/signaling';
import type {
  CodeRequest,
  Export,
  Failure,
  FailureGroup,
  FailureList,
  FileTiles,
  HistogramCatalog,
  IFileQuery,
  Progress,
  Run,
  RunFile,
  RunChanges,
  RunDetails,
  RunFileList,
  RunList,
  RunLog,
  RunMetrics,
  RunSeries,
  Work
} from '../../services/models';
import { makeDryRun, makeRunRequest } from '../../services/__tests__/fakes';
import type { IFile } from '../../services/request';
import type { IRunManager } from '../tokens';

/** Makes the progress of a run over one dataset, half done. */
export function makeProgress(fields: Partial<Progress> = {}): Progress {
  const counts = {
    events_done: 500,
    events_total: 1_000,
    chunks_done: 5,
    chunks_failed: 0,
    chunks_total: 10,
    left_out: { chunks: 0, events: 0, files: 0, unread_files: 0 }
  };
  return {
    ...counts,
    datasets: { ttbar: { ...counts, files_total: 1 } },
    bytes_read: 2_000_000,
    events_per_second: 100,
    bytes_per_second: 400_000,
    seconds_left: 5,
    seconds_left_error: null,
    seconds_elapsed: 5,
    workers: 2,
    ...fields
  };
}

/** Makes a run that is under way, unless told otherwise. */
export function makeRun(fields: Partial<Run> = {}): Run {
  return {
    id: 'r1',
    name: 'Dimuon mass',
    door: 'sidebar',
    state: 'running',
    message: '',
    processor: { location: 'dimuon.py:DimuonProcessor', arguments: {} },
    schema_name: 'NanoAODSchema',
    datasets: ['ttbar'],
    cluster: 'local-1',
    chunksize: 100_000,
    created: 1_700_000_000,
    updated: 1_700_000_010,
    finished: null,
    tags: [],
    note: '',
    archived: false,
    resumable: false,
    code_kept: true,
    histograms_sequence: 0,
    reports_sequence: 0,
    result_chunks: 0,
    progress: makeProgress(),
    ...fields
  };
}

/** Makes a failure of the processor in one chunk. */
export function makeFailure(fields: Partial<Failure> = {}): Failure {
  return {
    dataset: 'ttbar',
    file: '/data/ttbar.root',
    treename: 'Events',
    entry_start: 0,
    entry_stop: 100,
    kind: 'processor error',
    cause: 'The processor raised IndexError: too far.',
    exception: 'IndexError: too far',
    traceback: 'Traceback (most recent call last): ...',
    worker: 'tls://127.0.0.1:1',
    host: 'node-1',
    attempts: 1,
    peak_memory_bytes: null,
    replicas: [],
    ...fields
  };
}

/** Makes a group of two failures of the processor, unless told otherwise. */
export function makeGroup(fields: Partial<FailureGroup> = {}): FailureGroup {
  const failure = makeFailure();
  return {
    id: 'g1',
    kind: failure.kind,
    cause: failure.cause,
    chunks: 2,
    events: 200,
    unread_files: 0,
    datasets: [failure.dataset],
    files: [failure.file],
    files_total: 1,
    hosts: [failure.host],
    places: [
      {
        dataset: failure.dataset,
        file: failure.file,
        host: failure.host,
        chunks: 2,
        events: 200,
        entry_start: 0,
        entry_stop: 200
      }
    ],
    places_total: 1,
    attempts: 1,
    peak_memory_bytes: null,
    example: {
      failure,
      trimmed: 'IndexError: too far',
      code: 'processor.process(events)'
    },
    ...fields
  };
}

/** Makes the metrics of a run that has not measured anything, unless told otherwise. */
export function makeMetrics(fields: Partial<RunMetrics> = {}): RunMetrics {
  return {
    ...makeWork(),
    sessions: 0,
    preparing_seconds: 0,
    wall_seconds: 0,
    finishing_seconds: 0,
    pending_seconds: 0,
    thread_seconds: 0,
    threads_mean: 0,
    threads_peak: 0,
    event_rate_khz: 0,
    event_rate_per_core_khz: 0,
    data_rate_gbps: 0,
    core_efficiency: 0,
    core_occupancy: 0,
    median_batch_seconds: 0,
    batch_seconds: [],
    tail: null,
    slowest: [],
    datasets: {},
    workers: {},
    ...fields
  };
}

/** Makes sums over batches. */
export function makeWork(fields: Partial<Work> = {}): Work {
  return {
    batches: 0,
    chunks: 0,
    events: 0,
    bytes_read: 0,
    busy_seconds: 0,
    process_seconds: 0,
    open_seconds: 0,
    overhead_seconds: 0,
    busy_rate_khz: 0,
    peak_memory_bytes: 0,
    ...fields
  };
}

/** Makes a series of a few intervals of a second. */
export function makeSeries(fields: Partial<RunSeries> = {}): RunSeries {
  return {
    interval: 1,
    seconds: [1, 1, 0.5],
    events: [100, 300, 100],
    bytes_read: [1_000_000, 3_000_000, 1_000_000],
    worker_seconds: [1, 2, 1],
    thread_seconds: [1, 2, 1],
    busy_seconds: [1, 2, 0.5],
    peak_memory_bytes: [100_000_000, 300_000_000, 200_000_000],
    sessions: [0],
    ...fields
  };
}

/** Makes the tiles of three files, one of which has failed. */
export function makeTiles(fields: Partial<FileTiles> = {}): FileTiles {
  return {
    sequence: 1,
    states: ['waiting', 'running', 'done', 'slow', 'failed', 'left out'],
    files_per_tile: 1,
    datasets: [
      {
        dataset: 'ttbar',
        files: 3,
        counts: [1, 0, 1, 0, 1, 0],
        tiles: [
          [0, 0, 1, 0, 0, 0],
          [0, 0, 0, 0, 1, 0],
          [1, 0, 0, 0, 0, 0]
        ],
        done: [1, 0.5, 0]
      }
    ],
    ...fields
  };
}

/** Makes a file that is done. */
export function makeFile(fields: Partial<RunFile> = {}): RunFile {
  return {
    dataset: 'ttbar',
    file: '/data/ttbar.root',
    state: 'done',
    chunks_total: 2,
    chunks_failed: 0,
    events_done: 1_000,
    events_total: 1_000,
    seconds: 2.5,
    worker: 'tls://127.0.0.1:1',
    host: 'node-1',
    failure: null,
    ...fields
  };
}

/** Makes the details of a run of one file. */
export function makeDetails(fields: Partial<RunDetails> = {}): RunDetails {
  return {
    id: 'run-1',
    location: '/code/ttbar.py:TTbar',
    arguments: { pt: 20 },
    schema_name: 'NanoAODSchema',
    chunksize: 200_000,
    maxchunks: null,
    column_bytes: null,
    continues: null,
    fail_fast: false,
    cluster: null,
    directory: '/code',
    python: '/usr/bin/python',
    user: 'somebody',
    created: 1,
    versions: { coffea: '2025.1' },
    git: 'abc-dirty',
    diff: '-a = 1\n+a = 2',
    diff_truncated: false,
    sources: [{ path: 'ttbar.py', text: 'a = 2', truncated: false }],
    datasets: [
      {
        dataset: 'ttbar',
        files: [{ file: 'a.root', treename: 'Events', identity: '0a1b' }],
        files_total: 1,
        metadata: { xsec: 831.76 }
      }
    ],
    size_bytes: 2_500_000,
    ...fields
  };
}

/** Makes what changed between two runs: nothing. */
export function makeChanges(fields: Partial<RunChanges> = {}): RunChanges {
  return {
    run: 'run-2',
    since: 'run-1',
    name: 'tighter',
    since_name: 'first',
    created: 2,
    since_created: 1,
    code: [],
    code_known: true,
    arguments: [],
    settings: [],
    versions: [],
    datasets: [],
    metrics: [{ name: 'events', unit: '', before: 10, after: 10 }],
    ...fields
  };
}

/** A manager of one run, which a test changes as it likes. */
export class FakeRuns implements IRunManager {
  constructor(run: Run | undefined) {
    this._run = run;
  }

  readonly changed = new Signal<this, void>(this);
  readonly isDisposed = false;
  readonly ready = Promise.resolve();
  isReady = true;
  problem: string | null = null;

  reference: string | null = null;
  readonly load = jest.fn(async (): Promise<Run> => {
    throw new Error('There is no such run.');
  });
  readonly find = jest.fn(async (): Promise<RunList> => ({
    runs: [...this.runs],
    total: this.runs.length,
    next: null,
    tags: [],
    archived: 0
  }));
  readonly label = jest.fn(async () => makeRun());
  readonly rerun = jest.fn(async () => makeRun({ state: 'queued' }));
  readonly requestOf = jest.fn(async () => makeRunRequest());
  readonly transcript = jest.fn(async () => ({ code: '', command: '' }));
  readonly details = jest.fn(async () => makeDetails());
  readonly changes = jest.fn(async (_id: string, _since: string) =>
    makeChanges()
  );
  readonly exportUrl = jest.fn((id: string) => `casa/runs/${id}/export`);
  readonly import = jest.fn(async () => makeRun());
  readonly refresh = jest.fn(async () => undefined);
  readonly launch = jest.fn(async () => makeRun());
  readonly startDryRun = jest.fn(async () => makeDryRun());
  readonly dryRun = jest.fn(async () => makeDryRun());
  readonly cancelDryRun = jest.fn(async () => undefined);
  readonly stop = jest.fn(async () => makeRun({ state: 'stopped' }));
  readonly pause = jest.fn(async () => makeRun({ state: 'paused' }));
  readonly resume = jest.fn(async () => makeRun());
  readonly retry = jest.fn(async () => makeRun());
  readonly accept = jest.fn(async () => makeRun({ state: 'done' }));
  readonly delete = jest.fn(async () => undefined);
  readonly processors = jest.fn(async () => []);
  readonly failures = jest.fn(async (): Promise<FailureList> => ({
    groups: [],
    total: 0,
    accepted: []
  }));
  readonly metrics = jest.fn(async () => makeMetrics());
  readonly series = jest.fn(async () => makeSeries());
  readonly tiles = jest.fn(async () => makeTiles());
  readonly files = jest.fn(
    async (_id: string, _query: IFileQuery): Promise<RunFileList> => ({
      files: [makeFile()],
      total: 1
    })
  );
  readonly log = jest.fn(async (): Promise<RunLog> => ({
    text: 'all is well',
    truncated: false
  }));
  readonly histograms = jest.fn(async (): Promise<HistogramCatalog> => ({
    sequence: 1,
    histograms: []
  }));

  readonly exportHistograms = jest.fn(
    async (_id: string, _wanted: Export): Promise<IFile> => ({
      name: 'mass.png',
      blob: new Blob(['picture'])
    })
  );
  readonly histogramCode = jest.fn(
    async (_id: string, _wanted: CodeRequest): Promise<string> => 'import hist'
  );

  get runs(): readonly Run[] {
    return this._run ? [this._run, ...this.others] : this.others;
  }

  /** Older runs, which stay as they are. */
  others: Run[] = [];

  get(id: string): Run | undefined {
    return this.runs.find(run => run.id === id);
  }

  dispose(): void {
    Signal.clearData(this);
  }

  /** Changes the run, or deletes it. */
  change(fields: Partial<Run> | null): void {
    this._run = fields ? { ...makeRun(), ...this._run, ...fields } : undefined;
    this.changed.emit();
  }

  private _run: Run | undefined;
}
