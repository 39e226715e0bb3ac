import { errorBars, markers, stepArea, stepLine } from './paths';

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

  it('draws one standard deviation up and down in the middle of a bin', () => {
    expect(errorBars(EDGES, [20, 40], [5, 10], y)).toBe('M5,85V75M20,70V50');
  });

  it('draws no bar without an error', () => {
    expect(errorBars(EDGES, [20, 40], [0, NaN], y)).toBe('');
  });

  it('marks the bins that hold anything', () => {
    expect(markers(EDGES, [0, 40], [0, 1], y, 2)).toBe(
      'M18,60a2,2 0 1 0 4,0a2,2 0 1 0 -4,0Z'
    );
    expect(markers(EDGES, [NaN, 0], [NaN, 0], y, 2)).toBe('');
  });

  it('rounds to what can be seen', () => {
    expect(stepLine([0, 1 / 3], [2 / 3], 1)).toBe('M0,1V0.67H0.33V1');
  });

  it('draws nothing of nothing', () => {
    expect(stepArea([], [], [])).toBe('');
    expect(stepLine([], [], 0)).toBe('');
  });
});
