import type { Run, RunState } from '../../services/models';

/** Which runs the user wants to see. */
export interface IRunFilter {
  /** Words that all occur in what is said of a run. */
  readonly search: string;

  /** Null for runs in any state. */
  readonly state: RunState | null;

  /** Null for runs with and without tags. */
  readonly tag: string | null;

  /** Whether archived runs are shown, in place of the others. */
  readonly archived: boolean;
}

/** Shows every run but those that were archived. */
export const NO_FILTER: IRunFilter = {
  search: '',
  state: null,
  tag: null,
  archived: false
};

/** Whether the user chose anything but to see all runs. */
export function isFiltering(filter: IRunFilter): boolean {
  const { archived, search, state, tag } = filter;
  return archived || state !== null || tag !== null || search.trim() !== '';
}

/** Whether a run is one that the filter lets through; the server decides alike. */
export function matches(run: Run, filter: IRunFilter): boolean {
  const { archived, search, state, tag } = filter;
  if (
    run.archived !== archived ||
    (state !== null && run.state !== state) ||
    (tag !== null && !run.tags.includes(tag))
  ) {
    return false;
  }
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    return true;
  }
  const said = [
    run.name,
    run.id,
    run.processor.location,
    ...run.datasets,
    ...run.tags,
    run.note
  ]
    .join('\n')
    .toLowerCase();
  return words.every(word => said.includes(word));
}
