import { curvesOf, intervalAt, stepPath } from './pace';
import { makeSeries } from './testing';

describe('curves', () => {
  it('are rates and means of each interval', () => {
    const curves = curvesOf(makeSeries());
    expect(curves?.events).toEqual({
      times: [1, 2, 2.5],
      values: [100, 300, 200]
    });
    expect(curves?.bytes.values).toEqual([1e6, 3e6, 2e6]);
    expect(curves?.workers.values).toEqual([1, 2, 2]);
    expect(curves?.busy.values).toEqual([1, 2, 1]);
    expect(curves?.memory.values).toEqual([1e8, 3e8, 2e8]);
  });

  it('leave out an interval that has only begun', () => {
    const series = makeSeries({ seconds: [1, 1, 0.1] });
    expect(curvesOf(series)?.events.values).toEqual([100, 300]);
  });

  it('need two intervals', () => {
    const empty = { seconds: [], events: [], peak_memory_bytes: [] };
    expect(curvesOf(makeSeries(empty))).toBeNull();
    expect(curvesOf(makeSeries({ seconds: [1, 0.2] }))).toBeNull();
  });

  it('keep the memory where no task ended', () => {
    const series = makeSeries({ peak_memory_bytes: [0, 7, 0] });
    expect(curvesOf(series)?.memory.values).toEqual([7, 7, 7]);
  });

  it('are drawn as steps that begin at zero', () => {
    const curve = { times: [1, 2], values: [5, 10] };
    expect(stepPath(curve, 100, 23)).toEqual({
      line: 'M0 13.00V13.00H50.00V3.00H100.00',
      area: 'M0 23V13.00H50.00V3.00H100.00V23z'
    });
    expect(stepPath({ times: [1], values: [0] }, 10, 10).line).not.toContain(
      'NaN'
    );
  });

  it('are read by position', () => {
    const curve = { times: [1, 2, 4], values: [1, 2, 3] };
    expect([-1, 0, 0.3, 0.9, 2].map(part => intervalAt(curve, part))).toEqual([
      0, 0, 1, 2, 2
    ]);
  });
});
