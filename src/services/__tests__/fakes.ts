import { type Event, ServerConnection } from '@jupyterlab/services';
import { PromiseDelegate } from '@lumino/coreutils';
import { Stream } from '@lumino/signaling';
import type {
  Cluster,
  Dataset,
  DryRun,
  Forecast,
  Profile,
  Run,
  RunList,
  RunRequest,
  Source
} from '../models';
import { type EventNoun, schemaId } from '../events';

/** What a fake server answers: a body (status 200), or a status and a body. */
type Answer = unknown;

/** A Jupyter server that answers from a table, without a network. */
export class FakeServer {
  /** What was asked, e.g. `POST casa/runs`, with the body sent. */
  readonly requests: { call: string; body: unknown }[] = [];

  readonly settings = ServerConnection.makeSettings({
    baseUrl: 'http://localhost/',
    fetch: (input, init) => this._fetch(new Request(input, init))
  });

  /** Sets the answer to a call such as `GET casa/runs`. */
  answer(call: string, body: Answer, status = 200): void {
    this._answers.set(call, () =>
      Promise.resolve(
        new Response(
          body === undefined
            ? null
            : typeof body === 'string'
              ? body
              : JSON.stringify(body),
          { status }
        )
      )
    );
  }

  /** Holds back the answer to a call, until it is given. */
  hold(call: string): { asked: Promise<void>; give: (body: unknown) => void } {
    const asked = new PromiseDelegate<void>();
    const held = new PromiseDelegate<Response>();
    this._answers.set(call, () => {
      asked.resolve();
      return held.promise;
    });
    return {
      asked: asked.promise,
      give: body => {
        held.resolve(new Response(JSON.stringify(body)));
      }
    };
  }

  /** Makes a call fail as it does when the server is down. */
  breakDown(call: string): void {
    this._answers.set(call, () => Promise.reject(new TypeError('fetch')));
  }

  calls(): string[] {
    return this.requests.map(({ call }) => call);
  }

  private async _fetch(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname.slice(1);
    const call = `${request.method} ${path}`;
    const text = await request.text();
    this.requests.push({ call, body: text ? JSON.parse(text) : undefined });
    const answer = this._answers.get(call);
    return answer
      ? answer()
      : new Response(JSON.stringify({ message: `No answer to ${call}.` }), {
          status: 404
        });
  }

  private _answers = new Map<string, () => Promise<Response>>();
}

/** An event manager whose events come from the test. */
export class FakeEvents implements Event.IManager {
  readonly isDisposed = false;
  readonly serverSettings = ServerConnection.makeSettings();
  readonly stream: Stream<Event.IManager, Event.Emission> = new Stream<
    Event.IManager,
    Event.Emission
  >(this);

  dispose(): void {
    this.stream.stop();
  }

  emit(): Promise<void> {
    return Promise.reject(new Error('The browser emits no events.'));
  }

  /** Announces something as the server does. */
  announce(noun: EventNoun, data: object): void {
    this.stream.emit({ schema_id: schemaId(noun), ...data } as Event.Emission);
  }
}

export function makeRun(change: Partial<Run> = {}): Run {
  return {
    id: 'run-1',
    name: 'Dimuon',
    door: 'sidebar',
    processor: { location: 'dimuon.py:Dimuon', arguments: {} },
    schema_name: 'NanoAODSchema',
    datasets: ['DY'],
    cluster: null,
    chunksize: 100_000,
    created: 1,
    resumable: false,
    code_kept: true,
    state: 'running',
    message: 'Running.',
    progress: {
      datasets: {},
      events_done: 10,
      events_total: 40,
      chunks_done: 1,
      chunks_failed: 0,
      chunks_total: 4,
      bytes_read: 0,
      events_per_second: 0,
      bytes_per_second: 0,
      seconds_left: null,
      seconds_left_error: null,
      seconds_elapsed: 1,
      workers: 2,
      left_out: { chunks: 0, events: 0, files: 0, unread_files: 0 }
    },
    histograms_sequence: 0,
    reports_sequence: 0,
    result_chunks: 0,
    updated: 1,
    finished: null,
    tags: [],
    note: '',
    archived: false,
    ...change
  };
}

/** Makes the reply to a request for runs: these, and no others. */
export function makeRunList(
  runs: Run[],
  change: Partial<RunList> = {}
): RunList {
  return {
    runs,
    total: runs.length,
    next: null,
    tags: [],
    archived: 0,
    ...change
  };
}

/** Makes what a run was launched with. */
export function makeRunRequest(change: Partial<RunRequest> = {}): RunRequest {
  return {
    run: 'run-1',
    new: {
      processor: { location: 'hep.py:Dimuon', arguments: {} },
      datasets: ['DY'],
      origin: { run: 'run-1', datasets: ['DY'] },
      cluster: null,
      profile: 'local',
      schema_name: 'NanoAODSchema',
      chunksize: null,
      maxchunks: null,
      column_bytes: null,
      continues: null,
      fail_fast: false,
      name: 'Dimuon',
      tags: [],
      note: ''
    },
    processor: null,
    is_current: true,
    datasets: [{ dataset: 'DY', files: 1, events: 5, is_current: true }],
    ...change
  };
}

export function makeDryRun(change: Partial<DryRun> = {}): DryRun {
  return {
    id: 'try-1',
    state: 'running',
    message: 'Waiting for workers.',
    updated: 1,
    forecast: null,
    ...change
  };
}

export function makeForecast(change: Partial<Forecast> = {}): Forecast {
  return {
    workers: 2,
    threads: 4,
    memory_limit: 4e9,
    chunksize: 200_000,
    best_chunksize: 120_000,
    seconds: 90,
    predictions: [
      { workers: 1, threads: 2, seconds: 180 },
      { workers: 2, threads: 4, seconds: 90 }
    ],
    warnings: [],
    datasets: {
      DY: {
        files: 1,
        files_looked_at: 1,
        events: 1_000_000,
        chunk_events: 200_000,
        chunks: 5,
        columns: ['Muon_pt'],
        bytes_per_event: 10,
        memory_per_event: 100,
        seconds_per_event: 1e-5,
        fixed_seconds: 0.1,
        rate_khz: 100,
        peak_memory_bytes: 1e9,
        failures: []
      }
    },
    ...change
  };
}

export function makeCluster(change: Partial<Cluster> = {}): Cluster {
  return {
    id: 'cluster-1',
    profile: 'local',
    title: 'Local',
    backend: 'local',
    created: 1,
    code: 'client = casa_lab.connect("cluster-1")',
    state: 'running',
    message: 'Running.',
    desired_workers: 2,
    workers: [],
    scheduler_address: null,
    dashboard_url: null,
    updated: 1,
    ...change
  };
}

export function makeDataset(change: Partial<Dataset> = {}): Dataset {
  return {
    name: 'DY',
    source: 'sample',
    files: [
      {
        path: '/data/dy.root',
        treename: 'Events',
        events: 5,
        bytes: 9,
        replicas: []
      }
    ],
    metadata: {},
    schema_name: 'NanoAODSchema',
    events: 5,
    bytes: 9,
    ...change
  };
}

export function makeSource(change: Partial<Source> = {}): Source {
  return {
    id: 'sample',
    kind: 'sample',
    path: '/data/fileset.json',
    label: 'Sample',
    removable: false,
    problem: null,
    ...change
  };
}

export const LOCAL: Profile = {
  name: 'local',
  title: 'Local',
  backend: 'local',
  description: '',
  options: {}
};
