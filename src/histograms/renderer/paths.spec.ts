import {
  type IMeasured,
  arrows,
  errorBars,
  markers,
  stepArea,
  stepLine
} from './paths';

const EDGES = [0, 10, 30];
const y = (value: number): number => 100 - value;

describe('paths', () => {
  it('outlines the area between two step functions', () => {
    expect(stepArea(EDGES, [80, 60], [100, 90])).toBe(
      'M0,100V80H10V60H30V90H10V100H0Z'
    );
  });

  it('draws a step function from base to base', () => {
    expect(stepLine(EDGES, [80, 60], 100)).toBe('M0,100V80H10V60H30V100');
  });

  const row = (
    values: number[],
    lower: number[],
    upper = lower
  ): IMeasured => ({
    values,
    lower,
    upper
  });

  it('draws the errors up and down in the middle of a bin', () => {
    expect(errorBars(EDGES, row([20, 40], [5, 10], [5, 20]), y, true)).toBe(
      'M5,85V75M20,70V40'
    );
  });

  it('draws no bar without an error, or at nothing where not wanted', () => {
    expect(errorBars(EDGES, row([20, 40], [0, NaN]), y, true)).toBe('');
    expect(errorBars(EDGES, row([0, 40], [2, 0]), y, false)).toBe('');
    expect(errorBars(EDGES, row([0, 40], [0, 0], [2, 0]), y, true)).toBe(
      'M5,100V98'
    );
  });

  it('marks the values that are on the axis, and points to those beyond', () => {
    const isShown = (value: number): boolean => value < 50;
    expect(markers(EDGES, [60, 40], y, 2, isShown)).toBe(
      'M18,60a2,2 0 1 0 4,0a2,2 0 1 0 -4,0Z'
    );
    expect(arrows(EDGES, [60, 40], 0, 50, 100)).toBe('M5,1l-4,7h8Z');
    expect(arrows(EDGES, [NaN, -1], 0, 50, 100)).toBe('M20,99l-4,-7h8Z');
  });

  it('rounds to what can be seen', () => {
    expect(stepLine([0, 1 / 3], [2 / 3], 1)).toBe('M0,1V0.67H0.33V1');
  });

  it('draws nothing of nothing', () => {
    expect(stepArea([], [], [])).toBe('');
    expect(stepLine([], [], 0)).toBe('');
  });
});
