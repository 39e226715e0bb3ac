import { makeDataset, makeSource } from '../../services/__tests__/fakes';
import { groupDatasets } from '../groups';

const sources = [makeSource(), makeSource({ id: 'mine', label: 'Mine' })];
const datasets = [
  makeDataset({ name: 'DYJets' }),
  makeDataset({ name: 'TTbar', source: 'mine' }),
  makeDataset({ name: 'DYJets_2018', source: 'mine' })
];

function names(filter: string, most = 10): string[][] {
  return groupDatasets(datasets, sources, filter, most).groups.map(group => [
    group.source.id,
    ...group.datasets.map(({ name }) => name)
  ]);
}

describe('groupDatasets', () => {
  it('groups by source', () => {
    expect(names('')).toEqual([
      ['sample', 'DYJets'],
      ['mine', 'TTbar', 'DYJets_2018']
    ]);
  });

  it('matches all words of the filter, whatever their case', () => {
    expect(names('dy')).toEqual([
      ['sample', 'DYJets'],
      ['mine', 'DYJets_2018']
    ]);
    expect(names(' 2018 dy ')).toEqual([['mine', 'DYJets_2018']]);
    expect(names('nothing')).toEqual([]);
  });

  it('keeps a source without datasets in sight, for its problem', () => {
    const broken = makeSource({ id: 'broken', problem: 'It is gone.' });
    const { groups } = groupDatasets([], [broken], '', 10);
    expect(groups).toEqual([{ source: broken, datasets: [] }]);
  });

  it('says how many are hidden', () => {
    const { groups, hidden } = groupDatasets(datasets, sources, '', 2);
    expect(groups.flatMap(group => group.datasets)).toHaveLength(2);
    expect(hidden).toBe(1);
  });
});
