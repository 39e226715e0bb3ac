import type { IFrame } from './frame';
import { PlotHarness } from './harness';
import { makeAxis, makeFrame, makeRow } from './testing';

/** Ten bins from 0 to 10. */
const COUNTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

function rows(): IFrame {
  return makeFrame({ x: makeAxis({ bins: 10 }) }, [
    makeRow('', 'layer', COUNTS),
    makeRow('', 'total', COUNTS)
  ]);
}

/** Ten bins across, from 0 to 10, and five up, from 0 to 50. */
function map(): IFrame {
  const values = Float64Array.from({ length: 50 }, (_, cell) => cell);
  return makeFrame(
    { x: makeAxis({ bins: 10 }), y: makeAxis({ name: 'pt', bins: 5 }) },
    [],
    {
      edges: Float64Array.from({ length: 11 }, (_, edge) => edge),
      map: {
        edges: Float64Array.from({ length: 6 }, (_, edge) => 10 * edge),
        values,
        lower: values,
        upper: values
      }
    }
  );
}

/** A range, as exactly as whole pixels allow. */
function range(low: number, high: number, digits = 1): object {
  return {
    low: expect.closeTo(low, digits),
    high: expect.closeTo(high, digits)
  };
}

let harness: PlotHarness;

afterEach(async () => {
  await harness.close();
});

describe('gestures on rows', () => {
  beforeEach(async () => {
    harness = new PlotHarness();
    await harness.show(rows());
  });

  it('zooms to what a drag goes over, and back', async () => {
    const { model } = harness;
    await harness.drag([0.2, 0.5], [0.6, 0.9]);
    expect(model.range).toEqual(range(2, 6));
    expect(model.rangeY).toBeNull();
    await harness.drag([0.75, 0.5], [0.25, 0.5]);
    expect(model.range).toEqual(range(3, 5));
    expect(await harness.press('Backspace')).toBe(true);
    expect(model.range).toEqual(range(2, 6));
    await harness.point('dblclick', [0.5, 0.5]);
    expect(model.range).toBeNull();
  });

  it('stays on the axis, and takes a short drag for a click', async () => {
    const { model } = harness;
    await harness.drag([0.5, 0.5], [0.504, 0.9]);
    expect(model.range).toBeNull();
    await harness.drag([0.8, 0.5], [1.2, 0.5]);
    expect(model.range).toEqual(range(8, 10));
  });

  it('begins no drag beside the frame or with another button', async () => {
    const { model } = harness;
    await harness.drag([-0.05, 0.5], [0.5, 0.5]);
    expect(model.range).toBeNull();
    await harness.point('pointerdown', [0.2, 0.5]);
    await harness.point('pointercancel', [0.2, 0.5]);
    await harness.point('pointerup', [0.7, 0.5]);
    expect(model.range).toBeNull();
  });

  it('integrates whole bins while Shift is held', async () => {
    const { model } = harness;
    await harness.drag([0.23, 0.5], [0.58, 0.5], { shiftKey: true });
    expect(model.view?.integrate).toEqual([2, 6]);
    expect(model.range).toBeNull();
    await harness.drag([0.5, 0.5], [0.5, 0.5], { shiftKey: true });
    expect(model.view?.integrate).toBeNull();
  });

  it('moves along while Alt is held, and undoes that at once', async () => {
    const { model } = harness;
    await harness.drag([0.5, 0.5], [0.3, 0.5], { altKey: true });
    expect(model.range).toBeNull();
    await harness.change(() => model.zoom({ x: { low: 2, high: 4 } }));
    await harness.drag([0.75, 0.5], [0.25, 0.5], { altKey: true });
    expect(model.range).toEqual(range(3, 5));
    await harness.press('Backspace');
    expect(model.range).toEqual(range(2, 4));
  });

  it('zooms with the wheel once it was clicked', async () => {
    const { model, plot } = harness;
    expect(await harness.wheel([0.4, 0.5], -1)).toBe(false);
    expect(model.range).toBeNull();
    plot.focus();
    expect(await harness.wheel([0.4, 0.5], -1)).toBe(true);
    expect(model.range).toEqual(range(0.8, 8.8));
    await harness.wheel([0.4, 0.5], 1);
    expect(model.range).toBeNull();
  });

  it('zooms and moves by decades on a logarithmic axis', async () => {
    const { model, plot } = harness;
    await harness.change(() => model.draw({ logX: true }));
    await harness.receive(rows());
    plot.focus();
    // From 1, where the first bin above 0 begins, to 10: the square root is in the middle.
    await harness.wheel([0.5, 0.5], -1);
    expect(model.range).toEqual(range(10 ** 0.1, 10 ** 0.9));
    await harness.press('0');
    await harness.press('+');
    expect(model.range).toEqual(range(10 ** 0.1, 10 ** 0.9));
    await harness.change(() => model.zoom({ x: { low: 1, high: 4 } }));
    await harness.receive(rows());
    await harness.drag([0.75, 0.5], [0.25, 0.5], { altKey: true });
    expect(model.range).toEqual(range(2, 8));
    await harness.press('ArrowLeft', { ctrlKey: true });
    expect(model.range).toEqual(range(2 / 4 ** 0.1, 8 / 4 ** 0.1));
  });

  it('reads out the bin under the pointer, and none beside the frame', async () => {
    const { host } = harness;
    await harness.point('pointermove', [0.45, 0.5]);
    expect(host.querySelector('.casa-Readout')?.textContent).toContain('4 – 5');
    await harness.point('pointermove', [1.02, 0.5]);
    expect(host.querySelector('.casa-Readout')).toBeNull();
  });

  it('does with keys what a pointer does', async () => {
    const { host, model } = harness;
    const readout = (): string =>
      host.querySelector('.casa-Readout-title')?.textContent ?? '';
    await harness.press('ArrowRight');
    expect(readout()).toContain('0 – 1');
    await harness.press('ArrowRight');
    await harness.press('ArrowRight', { shiftKey: true });
    await harness.press('ArrowRight', { shiftKey: true });
    expect(model.view?.integrate).toEqual([1, 4]);
    await harness.press('ArrowLeft', { shiftKey: true });
    expect(model.view?.integrate).toEqual([1, 3]);
    expect(readout()).toContain('2 – 3');

    await harness.press('+');
    expect(model.range).toEqual(range(0.5, 8.5));
    await harness.press('ArrowRight', { ctrlKey: true });
    expect(model.range).toEqual(range(1.3, 9.3));
    await harness.press('-');
    expect(model.range).toBeNull();
    await harness.press('=');
    await harness.press('0');
    expect(model.range).toBeNull();
  });

  it('gives up the cursor, then the integral, then the key', async () => {
    const { host, model } = harness;
    await harness.change(() => model.choose({ integrate: [2, 4] }));
    await harness.press('ArrowLeft');
    expect(host.querySelector('.casa-Readout')).not.toBeNull();
    expect(await harness.press('Escape')).toBe(true);
    expect(host.querySelector('.casa-Readout')).toBeNull();
    expect(await harness.press('Escape')).toBe(true);
    expect(model.view?.integrate).toBeNull();
    expect(await harness.press('Escape')).toBe(false);
    expect(await harness.press('Tab')).toBe(false);
    expect(await harness.press('ArrowUp')).toBe(false);
  });
});

describe('gestures on a map', () => {
  beforeEach(async () => {
    harness = new PlotHarness({
      axes: [makeAxis({ bins: 10 }), makeAxis({ name: 'pt', bins: 5 })]
    });
    await harness.show(map());
  });

  it('zooms both axes to the area of a drag, and one along a strip', async () => {
    const { model } = harness;
    await harness.drag([0.2, 0.2], [0.6, 0.6]);
    expect(model.range).toEqual(range(2, 6));
    expect(model.rangeY).toEqual(range(20, 40, 0));
    await harness.drag([0.25, 0.5], [0.75, 0.51]);
    expect(model.range).toEqual(range(3, 5));
    expect(model.rangeY).toEqual(range(20, 40, 0));
    await harness.drag([0.5, 0.75], [0.51, 0.25]);
    expect(model.range).toEqual(range(3, 5));
    expect(model.rangeY).toEqual(range(25, 35, 0));
    await harness.press('Backspace');
    expect(model.rangeY).toEqual(range(20, 40, 0));
    await harness.press('0');
    expect(model.isZoomed).toBe(false);
  });

  it('moves along both axes, as far as they were zoomed', async () => {
    const { model } = harness;
    await harness.change(() => model.zoom({ y: { low: 10, high: 20 } }));
    await harness.drag([0.5, 0.2], [0.2, 0.7], { altKey: true });
    expect(model.range).toBeNull();
    expect(model.rangeY).toEqual(range(15, 25, 0));
  });

  it('zooms with the wheel around the cell under the pointer', async () => {
    const { model, plot } = harness;
    plot.focus();
    await harness.wheel([0.5, 0.2], -1);
    expect(model.range).toEqual(range(1, 9));
    expect(model.rangeY).toEqual(range(8, 48, 0));
  });

  it('reads out and pans upwards with keys', async () => {
    const { host, model } = harness;
    const readout = (): string =>
      host.querySelector('.casa-Readout')?.textContent ?? '';
    await harness.press('ArrowRight');
    await harness.press('ArrowUp');
    expect(readout()).toContain('0 – 1');
    expect(readout()).toContain('10 – 20');
    await harness.press('+');
    expect(model.rangeY).toEqual(range(3, 43, 0));
    await harness.press('ArrowUp', { ctrlKey: true });
    expect(model.rangeY).toEqual(range(7, 47, 0));
    await harness.press('ArrowDown', { ctrlKey: true });
    expect(model.rangeY).toEqual(range(3, 43, 0));
  });

  it('integrates nothing, and shows no cell above or below the frame', async () => {
    const { host, model } = harness;
    await harness.drag([0.2, 0.2], [0.6, 0.6], { shiftKey: true });
    await harness.press('ArrowRight', { shiftKey: true });
    expect(model.view?.integrate).toBeNull();
    await harness.press('Escape');
    await harness.point('pointermove', [0.5, 1.05]);
    expect(host.querySelector('.casa-Readout')).toBeNull();
  });

  it('forgets what was shown of an axis that is exchanged', async () => {
    const { model } = harness;
    await harness.change(() => {
      model.zoom({ x: { low: 2, high: 4 }, y: { low: 10, high: 20 } });
      model.choose({ y: null });
    });
    expect(model.range).toEqual(range(2, 4));
    expect(model.rangeY).toBeNull();
    expect(model.canUndoZoom).toBe(false);
  });
});
