import { PlotHarness } from './harness';
import { makeAxis, makeFrame, makeRow } from './testing';

const COUNTS = [1, 2, 3, 4];
const FRAME = makeFrame({ x: makeAxis({ bins: 4 }) }, [
  makeRow('', 'layer', COUNTS),
  makeRow('', 'total', COUNTS)
]);

let harness: PlotHarness;

beforeEach(async () => {
  harness = new PlotHarness();
  await harness.show(FRAME);
});

afterEach(async () => {
  await harness.close();
});

/** Returns where something is, in parts of the frame. */
function across(element: HTMLElement): [from: number, to: number] {
  const border = harness.find('.casa-Plot-border');
  const corner = border.parentElement?.getAttribute('transform') ?? '';
  const left = Number(/[\d.]+/.exec(corner)?.[0]);
  const width = Number(border.getAttribute('width'));
  const from = parseFloat(element.style.left) - left;
  return [from / width, (from + parseFloat(element.style.width)) / width];
}

describe('Overlay', () => {
  it('follows a drag, and goes with it', async () => {
    await harness.point('pointerdown', [0.25, 0.5]);
    await harness.point('pointermove', [0.75, 0.5]);
    const area = harness.find('.casa-Plot-drag.casa-mod-zoom');
    expect(across(area)[0]).toBeCloseTo(0.25);
    expect(across(area)[1]).toBeCloseTo(0.75);
    await harness.point('pointermove', [1.3, 0.5]);
    expect(across(harness.find('.casa-Plot-drag'))[1]).toBeCloseTo(1);
    await harness.point('pointerup', [0.25, 0.5]);
    expect(harness.host.querySelector('.casa-Plot-drag')).toBeNull();
  });

  it('shows the range that is integrated, as far as it is in sight', async () => {
    await harness.change(model => model.choose({ integrate: [1, null] }));
    await harness.receive(FRAME);
    const ends = across(harness.find('.casa-Plot-selection'));
    expect(ends[0]).toBeCloseTo(0.25);
    expect(ends[1]).toBeCloseTo(1);
    await harness.change(model => model.zoom({ x: { low: 2, high: 3 } }));
    await harness.receive(FRAME);
    const zoomed = across(harness.find('.casa-Plot-selection'));
    expect(zoomed[0]).toBeCloseTo(0);
    expect(zoomed[1]).toBeCloseTo(1);
  });
});
