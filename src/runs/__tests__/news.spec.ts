import type { Run } from '../../services/models';
import { FakeRuns, makeProgress, makeRun } from '../tab/testing';
import { RunNews, UnseenRuns } from '../news';

describe('RunNews', () => {
  let runs: FakeRuns;
  let told: string[];

  const begin = (fields: Partial<Run>): RunNews => {
    runs = new FakeRuns(makeRun(fields));
    const news = new RunNews(runs);
    told = [];
    news.ended.connect((_, { state }) => told.push(`ended ${state}`));
    news.failed.connect((_, { progress }) =>
      told.push(`failed ${progress.chunks_failed}`)
    );
    return news;
  };

  const fail = (chunks: number): void =>
    runs.change({ progress: makeProgress({ chunks_failed: chunks }) });

  it('tells each end once, and none of runs that had ended before', () => {
    begin({ state: 'done' });
    runs.change({ message: 'Done, really.' });
    expect(told).toEqual([]);
    runs.change({ state: 'queued' });
    runs.change({ state: 'finishing' });
    runs.change({ state: 'done' });
    runs.change({ message: 'Done again.' });
    expect(told).toEqual(['ended done']);
    runs.change({ state: 'queued' });
    runs.change({ state: 'failed' });
    expect(told).toEqual(['ended done', 'ended failed']);
  });

  it('tells the first failure of a run that goes on, and no other', () => {
    begin({ state: 'running' });
    fail(2);
    fail(3);
    runs.change({ state: 'done' });
    expect(told).toEqual(['failed 2', 'ended done']);
  });

  it('is silent about failures that were there before', () => {
    begin({
      state: 'running',
      progress: makeProgress({ chunks_failed: 1 })
    });
    fail(2);
    expect(told).toEqual([]);
  });

  it('tells the end alone where the first failure is the end', () => {
    begin({ state: 'running' });
    runs.change({
      state: 'failed',
      progress: makeProgress({ chunks_failed: 1 })
    });
    expect(told).toEqual(['ended failed']);
  });

  it('remembers ends until somebody looks', () => {
    const news = begin({ state: 'running' });
    const isSeen = jest.fn(() => false);
    const unseen = new UnseenRuns({ manager: runs, news, isSeen });
    const changed = jest.fn();
    unseen.changed.connect(changed);
    runs.change({ state: 'done' });
    expect(unseen.runs.map(({ id }) => id)).toEqual(['r1']);
    expect(changed).toHaveBeenCalledTimes(1);
    unseen.see('other');
    unseen.see('r1');
    expect(unseen.runs).toEqual([]);
    expect(changed).toHaveBeenCalledTimes(2);

    isSeen.mockReturnValue(true);
    runs.change({ state: 'running' });
    runs.change({ state: 'done' });
    expect(unseen.runs).toEqual([]);
    isSeen.mockReturnValue(false);
    runs.change({ state: 'running' });
    runs.change({ state: 'stopped' });
    expect(unseen.runs).toEqual([]);
    runs.change({ state: 'running' });
    runs.change({ state: 'lost' });
    expect(unseen.runs).toHaveLength(1);
    runs.change(null);
    expect(unseen.runs).toEqual([]);
  });
});
