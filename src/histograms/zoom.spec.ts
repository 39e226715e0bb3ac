import { moved, within, zoomed } from './zoom';

const AXIS = { low: 0, high: 100 };

describe('zoom', () => {
  it('keeps the value under the pointer where it is', () => {
    expect(zoomed({ low: 0, high: 100 }, 25, 0.5)).toEqual({
      low: 12.5,
      high: 62.5
    });
  });

  it('stays on the axis', () => {
    expect(within({ low: -20, high: 30 }, AXIS)).toEqual({ low: 0, high: 50 });
    expect(within(moved({ low: 60, high: 90 }, 1), AXIS)).toEqual({
      low: 70,
      high: 100
    });
  });

  it('ends at the whole axis, and before nothing is left', () => {
    expect(within({ low: -20, high: 130 }, AXIS)).toBeNull();
    const tiny = within({ low: 50, high: 50 }, AXIS);
    expect(tiny && tiny.high - tiny.low).toBeGreaterThan(0);
  });
});
