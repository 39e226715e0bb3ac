import type { Event } from '@jupyterlab/services';
import { Manager } from '../services/manager';
import type {
  Acceptance,
  DryRun,
  CodeRequest,
  Export,
  FailureList,
  FileTiles,
  HistogramCatalog,
  IFileQuery,
  IProcessorQuery,
  IRunQuery,
  NewLabels,
  NewRun,
  Processor,
  Retry,
  Run,
  RunChanges,
  RunDetails,
  RunFileList,
  RunList,
  RunLog,
  RunMetrics,
  RunRequest,
  RunSeries,
  Transcript
} from '../services/models';
import { isOlder, Records } from '../services/records';
import type { IFile } from '../services/request';
import {
  dryRun,
  failureList,
  fileTiles,
  histogramCatalog,
  histogramCode,
  nothing,
  processorList,
  run,
  runChanges,
  runDetails,
  runFileList,
  runList,
  runLog,
  runMetrics,
  runRequest,
  runSeries,
  transcript
} from '../services/validate';
import { isActive } from './states';
import type { IRunManager } from './tokens';

/** Talks to the server about runs. */
export class RunManager extends Manager implements IRunManager {
  constructor(options: Manager.IOptions) {
    super({ ...options, noun: 'run' });
  }

  get runs(): readonly Run[] {
    return this._records.all;
  }

  get reference(): string | null {
    return this._reference;
  }
  set reference(id: string | null) {
    if (this._reference !== id) {
      this._reference = id;
      this.emitChanged();
    }
  }

  get(id: string): Run | undefined {
    return this._records.get(id);
  }

  async load(id: string): Promise<Run> {
    return this._put(await this.request(Private.path(id), run));
  }

  async find(query: IRunQuery): Promise<RunList> {
    const page = await this.request(
      `casa/runs?${Private.parameters(query)}`,
      runList
    );
    const changed = page.runs.map(each => this._records.put(each));
    if (changed.some(Boolean)) {
      this.emitChanged();
    }
    return page;
  }

  async label(id: string, labels: NewLabels): Promise<Run> {
    return this._put(
      await this.request(Private.path(id), run, {
        method: 'PATCH',
        body: labels
      })
    );
  }

  rerun(id: string): Promise<Run> {
    return this._act(id, 'rerun');
  }

  requestOf(id: string): Promise<RunRequest> {
    return this.request(`${Private.path(id)}/request`, runRequest);
  }

  transcript(id: string): Promise<Transcript> {
    return this.request(`${Private.path(id)}/transcript`, transcript);
  }

  details(id: string): Promise<RunDetails> {
    return this.request(`${Private.path(id)}/details`, runDetails);
  }

  changes(id: string, since: string): Promise<RunChanges> {
    const query = new URLSearchParams({ since });
    return this.request(`${Private.path(id)}/changes?${query}`, runChanges);
  }

  exportUrl(id: string): string {
    return this.url(`${Private.path(id)}/export`);
  }

  async import(file: Blob): Promise<Run> {
    return this._put(await this.request('casa/imports', run, { file }));
  }

  async launch(newRun: NewRun): Promise<Run> {
    return this._put(await this.request('casa/runs', run, { body: newRun }));
  }

  startDryRun(newRun: NewRun): Promise<DryRun> {
    return this.request('casa/dry-runs', dryRun, { body: newRun });
  }

  dryRun(id: string): Promise<DryRun> {
    return this.request(Private.dryRunPath(id), dryRun);
  }

  cancelDryRun(id: string): Promise<void> {
    return this.request(Private.dryRunPath(id), nothing, { method: 'DELETE' });
  }

  stop(id: string): Promise<Run> {
    return this._act(id, 'stop');
  }

  pause(id: string): Promise<Run> {
    return this._act(id, 'pause');
  }

  resume(id: string): Promise<Run> {
    return this._act(id, 'resume');
  }

  async delete(id: string): Promise<void> {
    await this.request(Private.path(id), nothing, { method: 'DELETE' });
    if (this._remove(id)) {
      this.emitChanged();
    }
  }

  failures(id: string): Promise<FailureList> {
    return this.request(`${Private.path(id)}/failures`, failureList);
  }

  retry(id: string, failures: Retry): Promise<Run> {
    return this._act(id, 'retry', failures);
  }

  accept(id: string, failures: Acceptance): Promise<Run> {
    return this._act(id, 'accept', failures);
  }

  metrics(id: string): Promise<RunMetrics> {
    return this.request(`${Private.path(id)}/metrics`, runMetrics);
  }

  series(id: string): Promise<RunSeries> {
    return this.request(`${Private.path(id)}/series`, runSeries);
  }

  tiles(id: string): Promise<FileTiles> {
    return this.request(`${Private.path(id)}/tiles`, fileTiles);
  }

  files(id: string, query: IFileQuery): Promise<RunFileList> {
    return this.request(
      `${Private.path(id)}/files?${Private.parameters(query)}`,
      runFileList
    );
  }

  log(id: string): Promise<RunLog> {
    return this.request(`${Private.path(id)}/log`, runLog);
  }

  histograms(id: string): Promise<HistogramCatalog> {
    return this.request(`${Private.path(id)}/histograms`, histogramCatalog);
  }

  exportHistograms(id: string, wanted: Export): Promise<IFile> {
    return this.requestFile(`${Private.path(id)}/histograms/export`, wanted);
  }

  async histogramCode(id: string, wanted: CodeRequest): Promise<string> {
    const path = `${Private.path(id)}/histograms/code`;
    return (await this.request(path, histogramCode, { body: wanted })).code;
  }

  async processors(query: IProcessorQuery = {}): Promise<Processor[]> {
    const reply = await this.request(
      `casa/processors?${Private.parameters(query)}`,
      processorList
    );
    return reply.processors;
  }

  protected override get isBusy(): boolean {
    return this.runs.some(isActive);
  }

  protected async fetchSnapshot(): Promise<boolean> {
    const mark = this._records.mark();
    const { next, runs } = await this.request(
      'casa/runs?archived=both',
      runList
    );
    const changed = this._records.replace(runs, mark, next === null);
    return (await this._refreshOlder(runs[runs.length - 1])) || changed;
  }

  protected onEvent(data: Event.Emission): boolean {
    if (typeof data.deleted === 'string') {
      return this._remove(data.deleted);
    }
    return this._records.put(run(data.run, 'event.run'));
  }

  private async _act(
    id: string,
    action: 'stop' | 'pause' | 'resume' | 'rerun' | 'retry' | 'accept',
    body?: Retry | Acceptance
  ): Promise<Run> {
    return this._put(
      await this.request(`${Private.path(id)}/${action}`, run, {
        method: 'POST',
        body
      })
    );
  }

  /** Asks for the active runs that are older than those of the list. */
  private async _refreshOlder(oldest: Run | undefined): Promise<boolean> {
    const active = this.runs.filter(
      each => oldest && isActive(each) && isOlder(each, oldest)
    );
    const changed = await Promise.all(
      active.map(async ({ id }) =>
        this._records.put(await this.request(Private.path(id), run))
      )
    );
    return changed.some(Boolean);
  }

  /** Takes in that a run is no more; nothing can be compared with it then. */
  private _remove(id: string): boolean {
    if (this._reference === id) {
      this._reference = null;
    }
    return this._records.remove(id);
  }

  private _put(record: Run): Run {
    if (this._records.put(record)) {
      this.emitChanged();
    }
    return record;
  }

  private _records = new Records<Run>();
  private _reference: string | null = null;
}

namespace Private {
  export function path(id: string): string {
    return `casa/runs/${encodeURIComponent(id)}`;
  }

  /** What stands behind the question mark; what is undefined is left out. */
  export function parameters(query: object): string {
    const given = Object.entries(query).filter(
      ([, value]) => value !== undefined
    );
    return new URLSearchParams(
      given.map(([name, value]) => [name, String(value)])
    ).toString();
  }

  export function dryRunPath(id: string): string {
    return `casa/dry-runs/${encodeURIComponent(id)}`;
  }
}
