import * as React from 'react';

import { PlotHarness, trans } from './harness';
import { Remarks } from './remarks';
import { makeAxis, makeFrame, makeRow } from './testing';

it('says that a logarithmic axis leaves out what is below 0', async () => {
  const harness = new PlotHarness();
  const { model } = harness;
  const row = makeRow('', 'layer', [1, 2, 3, 4]);
  await harness.show(
    makeFrame({ x: makeAxis({ bins: 4 }) }, [row], {
      edges: Float64Array.of(-2, -1, 0, 1, 2)
    }),
    <Remarks model={model} trans={trans} />
  );
  expect(harness.host.textContent).toBe('');
  await harness.change(() => model.draw({ logX: true }));
  expect(harness.host.textContent).toContain('nothing below 0');
  await harness.receive(makeFrame({ x: makeAxis({ bins: 4 }) }, [row]));
  expect(harness.host.textContent).toBe('');
  await harness.close();
});
