import { adviceOf, timeShares } from './performance';
import { makeMetrics } from './testing';

const busy = {
  busy_seconds: 80,
  process_seconds: 60,
  overhead_seconds: 20,
  open_seconds: 15,
  thread_seconds: 100,
  wall_seconds: 50,
  core_occupancy: 0.8
};

describe('the time of threads', () => {
  it('is divided without a rest', () => {
    expect(timeShares(makeMetrics(busy))).toEqual({
      processing: 60,
      opening: 15,
      other: 5,
      pending: 0,
      idle: 20
    });
  });

  it('tells tasks that are not back from threads without work', () => {
    const long = makeMetrics({ ...busy, pending_seconds: 15 });
    expect(timeShares(long)).toMatchObject({ pending: 15, idle: 5 });
  });

  it('is unknown before any has passed', () => {
    expect(timeShares(makeMetrics())).toBeNull();
  });

  it('is never negative, though tasks count when they arrive', () => {
    const early = makeMetrics({ ...busy, thread_seconds: 50 });
    expect(timeShares(early)?.idle).toBe(0);
  });
});

describe('advice', () => {
  it('is given where there is a sign that something is wrong', () => {
    expect(adviceOf(makeMetrics(busy))).toEqual([]);
    expect(adviceOf(makeMetrics({ ...busy, core_occupancy: 0.4 }))).toEqual([
      'idle'
    ]);
    expect(
      adviceOf(makeMetrics({ ...busy, overhead_seconds: 60, open_seconds: 50 }))
    ).toEqual(['opening']);
    const tail = { batches: 1, seconds: 20, last: [] };
    expect(
      adviceOf(makeMetrics({ ...busy, core_occupancy: 0.4, tail }))
    ).toEqual(['tail']);
  });

  it('waits until there is enough to judge by', () => {
    const short = { ...busy, thread_seconds: 5, core_occupancy: 0.1 };
    expect(adviceOf(makeMetrics(short))).toEqual([]);
  });
});
