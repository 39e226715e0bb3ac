import { groupFailures } from './causes';
import { makeFailure } from './testing';

describe('groupFailures', () => {
  const missing = (file: string): ReturnType<typeof makeFailure> =>
    makeFailure({
      file,
      kind: 'file missing',
      cause: `There is no file ${file}. Check its path.`
    });

  it('puts one cause in different files together', () => {
    const groups = groupFailures([
      missing('/data/a.root'),
      makeFailure(),
      makeFailure({ file: '/data/other.root' }),
      makeFailure({ entry_start: 100, entry_stop: 200 }),
      missing('/data/b.root')
    ]);
    expect(
      groups.map(({ cause, failures }) => [cause, failures.length])
    ).toEqual([
      ['The processor raised IndexError: too far.', 3],
      ['There is no file …. Check its path.', 2]
    ]);
  });

  it('keeps the name where there is only one', () => {
    const [group] = groupFailures([missing('/data/a.root')]);
    expect(group.cause).toBe('There is no file /data/a.root. Check its path.');
  });

  it('tells causes of different kinds apart', () => {
    const cause = 'It did not work.';
    const groups = groupFailures([
      makeFailure({ cause, kind: 'other' }),
      makeFailure({ cause, kind: 'worker lost' })
    ]);
    expect(groups.map(({ kind }) => kind)).toEqual(['other', 'worker lost']);
  });

  it('has nothing to group of nothing', () => {
    expect(groupFailures([])).toEqual([]);
  });
});
