import { makeRun } from '../../services/__tests__/fakes';
import { isFiltering, matches, NO_FILTER } from './filter';

describe('matches', () => {
  const run = makeRun({
    name: 'Dimuon <b>Ü</b>',
    tags: ['tight'],
    note: 'for the paper',
    datasets: ['DYJets']
  });

  it.each(['', '  ', 'dimuon', 'DYJETS paper', 'tight', 'run-1', '<b>ü'])(
    'finds %p',
    search => {
      expect(matches(run, { ...NO_FILTER, search })).toBe(true);
    }
  );

  it('wants all words, the state and the tag', () => {
    expect(matches(run, { ...NO_FILTER, search: 'paper loose' })).toBe(false);
    expect(matches(run, { ...NO_FILTER, state: 'done' })).toBe(false);
    expect(matches(run, { ...NO_FILTER, state: 'running' })).toBe(true);
    expect(matches(run, { ...NO_FILTER, tag: 'tigh' })).toBe(false);
    expect(matches(run, { ...NO_FILTER, tag: 'tight' })).toBe(true);
  });

  it('shows archived runs apart', () => {
    const archived = { ...run, archived: true };
    expect(matches(archived, NO_FILTER)).toBe(false);
    expect(matches(archived, { ...NO_FILTER, archived: true })).toBe(true);
    expect(matches(run, { ...NO_FILTER, archived: true })).toBe(false);
  });

  it('knows whether anything was chosen', () => {
    expect(isFiltering({ ...NO_FILTER, search: ' ' })).toBe(false);
    expect(isFiltering({ ...NO_FILTER, archived: true })).toBe(true);
  });
});
