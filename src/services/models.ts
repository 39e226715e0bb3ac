import type { components } from './api';

type Schemas = components['schemas'];

/**
 * A model as replies carry it: with every field, defaults filled in.
 *
 * OpenAPI marks fields whose default is made by a factory (lists, mappings) as
 * optional, which is true of requests only.
 */
type Complete<T> = T extends object
  ? { [Key in keyof T]-?: Complete<T[Key]> }
  : T;

export type Dataset = Complete<Schemas['Dataset']>;
export type DatasetFile = Complete<Schemas['DatasetFile']>;
export type DatasetList = Complete<Schemas['DatasetList']>;
export type Source = Complete<Schemas['Source']>;

export type Cluster = Complete<Schemas['Cluster']>;
export type ClusterList = Complete<Schemas['ClusterList']>;
export type ClusterState = Cluster['state'];
export type NewCluster = Partial<Schemas['NewCluster']>;
export type Profile = Complete<Schemas['Profile']>;
export type ProfileList = Complete<Schemas['ProfileList']>;
export type Worker = Complete<Schemas['Worker']>;

export type DatasetForecast = Complete<Schemas['DatasetForecast']>;
export type DryRun = Complete<Schemas['DryRun']>;
export type Forecast = Complete<Schemas['Forecast']>;
export type Prediction = Complete<Schemas['Prediction']>;

export type DatasetProgress = Complete<Schemas['DatasetProgress']>;
export type Failure = Complete<Schemas['Failure']>;
export type FailureExample = Complete<Schemas['FailureExample']>;
export type FailureGroup = Complete<Schemas['FailureGroup']>;
export type FailureList = Complete<Schemas['FailureList']>;
export type FailurePlace = Complete<Schemas['FailurePlace']>;
export type LeftOut = Complete<Schemas['LeftOut']>;
export type Parameter = Complete<Schemas['Parameter']>;
export type Processor = Complete<Schemas['Processor']>;
export type ProcessorList = Complete<Schemas['ProcessorList']>;
export type Progress = Complete<Schemas['Progress']>;
export type Run = Complete<Schemas['Run']>;
export type RunChanges = Complete<Schemas['RunChanges']>;
export type RunDetails = Complete<Schemas['RunDetails']>;
export type RunList = Complete<Schemas['RunList']>;
export type RunLog = Complete<Schemas['RunLog']>;
export type RunRequest = Complete<Schemas['RunRequest']>;
export type RunState = Run['state'];

export type PastDataset = Complete<Schemas['PastDataset']>;
export type Transcript = Complete<Schemas['Transcript']>;

export type LateBatch = Complete<Schemas['LateBatch']>;
export type RunMetrics = Complete<Schemas['RunMetrics']>;
export type RunSeries = Complete<Schemas['RunSeries']>;
export type Work = Complete<Schemas['Work']>;
export type WorkerWork = Complete<Schemas['WorkerWork']>;

export type DatasetTiles = Complete<Schemas['DatasetTiles']>;
export type FileTiles = Complete<Schemas['FileTiles']>;
export type RunFile = Complete<Schemas['RunFile']>;
export type RunFileList = Complete<Schemas['RunFileList']>;
export type FileState = RunFile['state'];

/** Which files of a run are to be listed. */
export interface IFileQuery {
  dataset?: string;
  state?: FileState;

  /** Number of the first and of the last file, among those of the dataset. */
  first?: number;
  last?: number;

  offset?: number;
  limit?: number;
}

/** Whose processors are to be listed; those of all files when nothing is given. */
export interface IProcessorQuery {
  /** Path of a Python file or a notebook. */
  file?: string;

  /** An installed module, as it is imported. */
  module?: string;
}

/** Which runs are to be listed, and from where on. */
export interface IRunQuery {
  search?: string;
  state?: RunState;
  tag?: string;
  archived?: 'no' | 'yes' | 'both';
  limit?: number;

  /** `next` of an earlier reply. */
  before?: string;
}

/** What a run is to be called, and what is said of it; what is left out stays. */
export type NewLabels = Partial<Schemas['NewLabels']>;

/** Which failures are tried again. */
export type Retry = Partial<Schemas['Retry']>;

/** Which failures are accepted as missing. */
export type Acceptance = Partial<Schemas['Acceptance']>;

/** What a launch asks for; fields left out get the server's defaults. */
export type NewRun = Pick<Schemas['NewRun'], 'processor' | 'datasets'> &
  Partial<Schemas['NewRun']>;

export type Axis = Complete<Schemas['Axis']>;
export type FrameHeader = Complete<Schemas['FrameHeader']>;
export type Histogram = Complete<Schemas['Histogram']>;
export type HistogramCatalog = Complete<Schemas['HistogramCatalog']>;
export type Unwatch = Schemas['Unwatch'];
export type FrameRow = Complete<Schemas['FrameRow']>;
export type FrameScale = Complete<Schemas['FrameScale']>;
export type Integral = Complete<Schemas['Integral']>;
export type Role = FrameRow['role'];
export type View = Complete<Schemas['View']>;
export type ViewProblem = Complete<Schemas['ViewProblem']>;
export type Watch = Complete<Schemas['Watch']>;

/** One histogram to take away, as it is shown. */
export type Choice = Partial<Schemas['Choice']> &
  Pick<Schemas['Choice'], 'histogram'>;

export type HistogramCode = Complete<Schemas['Code']>;

/** What code to draw a histogram is asked for with. */
export type CodeRequest = { choice: Choice; look?: Look };

/** A file of histograms. */
export type Export = Partial<Omit<Schemas['Export'], 'choices'>> &
  Pick<Schemas['Export'], 'format'> & { choices?: Choice[] | null };
export type ExportFormat = Schemas['Export']['format'];

/** How a picture looks, apart from what is in it. */
export type Look = Complete<Schemas['Look']>;
