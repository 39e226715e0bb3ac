import { Token } from '@lumino/coreutils';
import type { IManager } from '../services/manager';
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
import type { IFile } from '../services/request';

/** The token of the manager of runs. */
export const IRunManager = new Token<IRunManager>(
  'casa-lab:IRunManager',
  'Lists the runs that Casa knows, and launches, stops, resumes and deletes them.'
);

/** The runs that the server knows, from whichever door they were launched. */
export interface IRunManager extends IManager {
  /**
   * The runs that are known here, newest first: the newest ones, those that
   * changed meanwhile, and the older ones that were asked for.
   */
  readonly runs: readonly Run[];

  /** The run that others are compared with, or null. */
  reference: string | null;

  /** Returns a run that is known here. */
  get(id: string): Run | undefined;

  /** Asks for a run, which is known from then on. */
  load(id: string): Promise<Run>;

  /** Asks for a page of the runs, which are known from then on. */
  find(query: IRunQuery): Promise<RunList>;

  /** Changes what a run is called, and what is said of it. */
  label(id: string, labels: NewLabels): Promise<Run>;

  /** Launches the same run again; answers at once. */
  rerun(id: string): Promise<Run>;

  /** Tells what a run was launched with, to be changed and launched. */
  requestOf(id: string): Promise<RunRequest>;

  /** Returns a run as code and as a command that launch it again. */
  transcript(id: string): Promise<Transcript>;

  /** Tells what a run was made of and with. */
  details(id: string): Promise<RunDetails>;

  /** Tells what changed from another run to this one. */
  changes(id: string, since: string): Promise<RunChanges>;

  /** The address from which the run is saved as one file. */
  exportUrl(id: string): string;

  /** Takes in a run that was saved as one file. */
  import(file: Blob): Promise<Run>;

  /** Launches a run; answers at once, the run is `queued` then. */
  launch(run: NewRun): Promise<Run>;

  /** Tries a processor on one chunk of each dataset; answers at once. */
  startDryRun(run: NewRun): Promise<DryRun>;

  /** Returns how far a dry run is, and in the end its forecast. */
  dryRun(id: string): Promise<DryRun>;

  cancelDryRun(id: string): Promise<void>;

  /** Stops a run, keeping its partial result. */
  stop(id: string): Promise<Run>;

  pause(id: string): Promise<Run>;

  /** Goes on with a paused, stopped, failed or lost run. */
  resume(id: string): Promise<Run>;

  /** Deletes a run that has ended, with its results. */
  delete(id: string): Promise<void>;

  /** Lists the chunks that did not make it, by cause. */
  failures(id: string): Promise<FailureList>;

  /** Tries failed chunks of a run that has ended again, and nothing else. */
  retry(id: string, failures: Retry): Promise<Run>;

  /** Accepts that failed chunks are missing: without them the run is complete. */
  accept(id: string, failures: Acceptance): Promise<Run>;

  /** Tells how well the run used its cluster. */
  metrics(id: string): Promise<RunMetrics>;

  /** Tells how the run went over time. */
  series(id: string): Promise<RunSeries>;

  /** Shows all files of the run at a glance. */
  tiles(id: string): Promise<FileTiles>;

  /** Lists some of the files of the run. */
  files(id: string, query: IFileQuery): Promise<RunFileList>;

  /** Returns the end of the run's log. */
  log(id: string): Promise<RunLog>;

  /** Lists the histograms in the run's newest snapshot. */
  histograms(id: string): Promise<HistogramCatalog>;

  /** Makes a file of histograms of a run. */
  exportHistograms(id: string, wanted: Export): Promise<IFile>;

  /** Returns Python that loads a histogram of a run and draws it. */
  histogramCode(id: string, wanted: CodeRequest): Promise<string>;

  /**
   * Finds the processors in a file or an installed module; else those in the source
   * files below the server's root.
   */
  processors(query?: IProcessorQuery): Promise<Processor[]>;
}
