import { act } from 'react';
import { PlotHarness } from './harness';
import { makeAxis, makeFrame, makeRow } from './testing';

const COUNTS = [1, 2, 3, 4];

let harness: PlotHarness;

beforeEach(async () => {
  harness = new PlotHarness();
  await harness.show(
    makeFrame({ x: makeAxis({ bins: 4 }) }, [
      makeRow('', 'layer', COUNTS),
      makeRow('', 'total', COUNTS)
    ])
  );
});

afterEach(async () => {
  await harness.close();
});

function button(label: string): HTMLButtonElement {
  return harness.find(`button[aria-label^="${label}"]`);
}

const click = (label: string): Promise<void> =>
  act(async () => button(label).click());

describe('PlotTools', () => {
  it('says what dragging does, and changes it', async () => {
    expect(button('Drag to zoom').getAttribute('aria-pressed')).toBe('true');
    await click('Drag to integrate');
    expect(button('Drag to zoom').getAttribute('aria-pressed')).toBe('false');
    await harness.drag([0.1, 0.5], [0.4, 0.5]);
    expect(harness.model.view?.integrate).toEqual([0, 2]);
    expect(harness.model.range).toBeNull();

    await harness.change(model => model.zoom({ x: { low: 1, high: 3 } }));
    await click('Drag to move');
    await harness.drag([0.5, 0.5], [0.25, 0.5]);
    expect(harness.model.range?.low).toBeCloseTo(1.5);
  });

  it('leads back, where there is a way', async () => {
    const back = [button('Undo the last zoom'), button('Show the whole axis')];
    expect(back.map(({ disabled }) => disabled)).toEqual([true, true]);
    await harness.change(model => model.zoom({ x: { low: 1, high: 3 } }));
    await harness.change(model => model.zoom({ x: { low: 2, high: 3 } }));
    expect(back.map(({ disabled }) => disabled)).toEqual([false, false]);
    await click('Undo the last zoom');
    expect(harness.model.range).toEqual({ low: 1, high: 3 });
    await click('Show the whole axis');
    expect(harness.model.range).toBeNull();
    expect(back.map(({ disabled }) => disabled)).toEqual([false, true]);
  });
});
