import { nullTranslator } from '@jupyterlab/translation';
import type { RunState } from '../../services/models';
import { roundEstimate, timeLeft } from './time';
import { makeRun } from './testing';

const trans = nullTranslator.load('casa-lab');

function left(
  seconds: number | null,
  state: RunState = 'running',
  error: number | null = null
): string | null {
  const { progress } = makeRun({ state });
  const estimate = { seconds_left: seconds, seconds_left_error: error };
  return timeLeft({ state, progress: { ...progress, ...estimate } }, trans);
}

describe('timeLeft', () => {
  it.each([
    [0.2, 'moments'],
    [3.4, '3 s'],
    [32.6, '35 s'],
    [58, '1 min 0 s'],
    [97, '1 min 40 s'],
    [599, '10 min 0 s'],
    [2_000, '33 min 0 s'],
    [10_000, '2 h 45 min'],
    [null, 'estimating…'],
    [Infinity, 'estimating…']
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(left(seconds)).toBe(text);
  });

  it.each([
    [97, 14, '1 min 40 s ± 15 s'],
    [10_000, 900, '2 h 45 min ± 15 min 0 s'],
    [97, 1, '1 min 40 s'],
    [33, 0.3, '35 s']
  ])('writes %d ± %d seconds as %s', (seconds, error, text) => {
    expect(left(seconds, 'running', error)).toBe(text);
  });

  it('says nothing of a run that does not move', () => {
    expect(left(60, 'paused')).toBeNull();
    expect(left(60, 'done')).toBeNull();
    expect(left(null, 'preparing')).toBeNull();
  });
});

describe('roundEstimate', () => {
  it('is coarser the longer it takes', () => {
    expect([4.4, 44, 444, 2_222, 4_444].map(roundEstimate)).toEqual([
      4, 45, 440, 2_220, 4_500
    ]);
  });
});
