import { nullTranslator } from '@jupyterlab/translation';

import { plainView } from './choices';
import { HistogramModel } from './model';
import { Plot } from './plot';
import { FakeStream, makeFrame, makeHistogram, makeRow } from './testing';

it('says of each run how much of it is drawn', () => {
  const model = new HistogramModel({
    run: 'r1',
    datasets: [],
    histogram: makeHistogram(),
    stream: new FakeStream()
  });
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const trans = nullTranslator.load('casa-lab');
  const plot = new Plot({ model, svg, trans, compact: false });
  plot.resize(600, 400);
  const view = { ...plainView('mass'), runs: ['r2'] };
  const fractions = { Data: 0.5, TTbar: 1 };
  const other = { run: 'r2', name: 'second', fractions: { Data: 0.25 } };
  model.onFrame(
    makeFrame({ view, fractions, others: [{ ...other, final: true }] }, [
      makeRow('first', 'line', [1, 2]),
      makeRow('second', 'line', [2, 3])
    ])
  );
  plot.paint();
  expect(svg.textContent).toContain('first (50–100%)');
  expect(svg.textContent).toContain('second (25%)');
  plot.dispose();
  model.dispose();
});
