import type { Event } from '@jupyterlab/services';
import { Manager } from '../services/manager';
import type {
  Acceptance,
  DryRun,
  FailureList,
  FileTiles,
  HistogramCatalog,
  IFileQuery,
  NewRun,
  Processor,
  Retry,
  Run,
  RunFileList,
  RunLog,
  RunMetrics,
  RunSeries
} from '../services/models';
import { Records } from '../services/records';
import {
  dryRun,
  failureList,
  fileTiles,
  histogramCatalog,
  nothing,
  processorList,
  run,
  runFileList,
  runList,
  runLog,
  runMetrics,
  runSeries
} from '../services/validate';
import type { IRunManager } from './tokens';

/** Talks to the server about runs. */
export class RunManager extends Manager implements IRunManager {
  constructor(options: Manager.IOptions) {
    super({ ...options, noun: 'run' });
  }

  get runs(): readonly Run[] {
    return this._records.all;
  }

  get(id: string): Run | undefined {
    return this._records.get(id);
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
    if (this._records.remove(id)) {
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
    const given = Object.entries(query).filter(
      ([, value]) => value !== undefined
    );
    const parameters = new URLSearchParams(
      given.map(([name, value]) => [name, String(value)])
    );
    return this.request(`${Private.path(id)}/files?${parameters}`, runFileList);
  }

  log(id: string): Promise<RunLog> {
    return this.request(`${Private.path(id)}/log`, runLog);
  }

  histograms(id: string): Promise<HistogramCatalog> {
    return this.request(`${Private.path(id)}/histograms`, histogramCatalog);
  }

  async processors(): Promise<Processor[]> {
    const reply = await this.request('casa/processors', processorList);
    return reply.processors;
  }

  protected async fetchSnapshot(): Promise<boolean> {
    const mark = this._records.mark();
    const { runs } = await this.request('casa/runs?limit=1000', runList);
    return this._records.replace(runs, mark);
  }

  protected onEvent(data: Event.Emission): boolean {
    if (typeof data.deleted === 'string') {
      return this._records.remove(data.deleted);
    }
    return this._records.put(run(data.run, 'event.run'));
  }

  private async _act(
    id: string,
    action: 'stop' | 'pause' | 'resume' | 'retry' | 'accept',
    body?: Retry | Acceptance
  ): Promise<Run> {
    return this._put(
      await this.request(`${Private.path(id)}/${action}`, run, {
        method: 'POST',
        body
      })
    );
  }

  private _put(record: Run): Run {
    if (this._records.put(record)) {
      this.emitChanged();
    }
    return record;
  }

  private _records = new Records<Run>();
}

namespace Private {
  export function path(id: string): string {
    return `casa/runs/${encodeURIComponent(id)}`;
  }

  export function dryRunPath(id: string): string {
    return `casa/dry-runs/${encodeURIComponent(id)}`;
  }
}
