/** The ids of all of Casa's commands. */
export namespace CommandIDs {
  /** Adds a file or a folder to the datasets; args `{path?: string}`. */
  export const addSource = 'casa:add-source';

  /** Adds what is selected in the file browser to the datasets. */
  export const addSelected = 'casa:add-selected';

  /** Starts a cluster; args `{profile?: string}`. */
  export const startCluster = 'casa:start-cluster';

  /** Opens the dashboards of a cluster; args `{cluster: string}`. */
  export const openDashboards = 'casa:open-dashboards';

  /** Asks for a new run; args `{datasets?: string[], file?: string}`. */
  export const newRun = 'casa:new-run';

  /** Asks for a new run of a processor in the file selected in the file browser. */
  export const runSelected = 'casa:run-selected';

  /** Asks for a new run of a processor in the notebook in front, and saves it first. */
  export const runNotebook = 'casa:run-notebook';

  /** Opens the tab of a run; args `{run: string}`. */
  export const openRun = 'casa:open-run';

  /** Stops a run; args `{run: string}`. */
  export const stopRun = 'casa:stop-run';

  /** Pauses a run; args `{run: string}`. */
  export const pauseRun = 'casa:pause-run';

  /** Goes on with a run; args `{run: string}`. */
  export const resumeRun = 'casa:resume-run';

  /** Deletes a run, after asking; args `{run: string}`. */
  export const deleteRun = 'casa:delete-run';

  /** Archives a run, or takes it out of the archive; args `{run: string}`. */
  export const archiveRun = 'casa:archive-run';

  /** Launches the same run again; args `{run: string}`. */
  export const rerun = 'casa:rerun';

  /** Asks for a run like another one, to be changed; args `{run: string}`. */
  export const rerunChanged = 'casa:rerun-with-changes';

  /** Copies Python that launches the same run; args `{run: string}`. */
  export const copyCode = 'casa:copy-run-code';

  /** Copies a command that launches the same run; args `{run: string}`. */
  export const copyCommand = 'casa:copy-run-command';

  /** Makes a run the one that others are compared with; args `{run: string}`. */
  export const pinRun = 'casa:pin-run';

  /** Shows what changed since another run; args `{run: string, since?: string}`. */
  export const showChanges = 'casa:show-run-changes';

  /** Compares runs, the first one with the others; args `{runs: string[]}`. */
  export const compareRuns = 'casa:compare-runs';

  /** Opens code of a run as it was at the launch; args `{run: string, path: string}`. */
  export const openRunCode = 'casa:open-run-code';

  /** Saves a run as one file; args `{run: string}`. */
  export const exportRun = 'casa:export-run';

  /** Takes in a run that was saved as one file. */
  export const importRun = 'casa:import-run';

  /** Shows the sidebar. */
  export const showSidebar = 'casa:show-sidebar';
}
