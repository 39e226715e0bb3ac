import type { Dataset, Source } from '../services/models';

/** A source with those of its datasets that are shown. */
export interface IDatasetGroup {
  source: Source;
  datasets: readonly Dataset[];
}

/** What is shown of a list of datasets. */
export interface IShownDatasets {
  groups: readonly IDatasetGroup[];

  /** How many more match the filter than are shown. */
  hidden: number;
}

/**
 * Groups datasets by source, narrowed by a filter and by what a list can hold.
 *
 * Sources without a match are left out while there is a filter.
 */
export function groupDatasets(
  datasets: readonly Dataset[],
  sources: readonly Source[],
  filter: string,
  most: number
): IShownDatasets {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = datasets.filter(({ name }) => {
    const text = name.toLowerCase();
    return words.every(word => text.includes(word));
  });
  let room = most;
  const groups: IDatasetGroup[] = [];
  for (const source of sources) {
    const own = matches.filter(dataset => dataset.source === source.id);
    const shown = own.slice(0, room);
    room -= shown.length;
    const empty = own.length === 0 && words.length === 0;
    if (empty || shown.length > 0) {
      groups.push({ source, datasets: shown });
    }
  }
  return {
    groups,
    hidden:
      matches.length - groups.reduce((n, each) => n + each.datasets.length, 0)
  };
}
