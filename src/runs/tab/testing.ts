import { Signal } from '@lumino/signaling';
import type {
  Failure,
  FailureGroup,
  FailureList,
  HistogramCatalog,
  Progress,
  Run,
  RunLog
} from '../../services/models';
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
    resumable: false,
    histograms_sequence: 0,
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

  readonly refresh = jest.fn(async () => undefined);
  readonly launch = jest.fn(async () => makeRun());
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
  readonly log = jest.fn(async (): Promise<RunLog> => ({
    text: 'all is well',
    truncated: false
  }));
  readonly histograms = jest.fn(async (): Promise<HistogramCatalog> => ({
    sequence: 1,
    histograms: []
  }));

  get runs(): readonly Run[] {
    return this._run ? [this._run] : [];
  }

  get(id: string): Run | undefined {
    return this._run?.id === id ? this._run : undefined;
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
