import { FakeRuns, makeRun } from '../tab/testing';
import { RunSelection } from './selection';

describe('RunSelection', () => {
  const listed = ['a', 'b', 'c', 'r1'];
  let changed: jest.Mock;
  let runs: FakeRuns;
  let selection: RunSelection;

  beforeEach(() => {
    runs = new FakeRuns(makeRun({ id: 'r1' }));
    selection = new RunSelection(runs);
    changed = jest.fn();
    selection.changed.connect(changed);
  });

  it('ticks and unticks, in the order of the user', () => {
    selection.toggle('b');
    selection.toggle('a');
    expect([selection.ids, selection.has('a')]).toEqual([['b', 'a'], true]);
    selection.toggle('b');
    expect(selection.ids).toEqual(['a']);
    selection.clear();
    selection.clear();
    expect(selection.ids).toEqual([]);
    expect(changed).toHaveBeenCalledTimes(4);
  });

  it('ticks a range, upwards and downwards', () => {
    selection.toggle('b');
    selection.extendTo('r1', listed);
    expect(selection.ids).toEqual(['b', 'c', 'r1']);
    selection.extendTo('a', listed);
    expect(selection.ids).toEqual(['b', 'c', 'r1', 'a']);
  });

  it('ticks one where a range has no beginning in the list', () => {
    selection.extendTo('c', listed);
    expect(selection.ids).toEqual(['c']);
    selection.toggle('elsewhere');
    selection.extendTo('a', listed);
    expect(selection.ids).toEqual(['c', 'elsewhere', 'a']);
  });

  it('gives up runs that were deleted', () => {
    selection.toggle('r1');
    runs.change(null);
    expect(selection.ids).toEqual([]);
  });
});
