import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import * as React from 'react';
import { fillInBrowser } from '../../components/testing';
import {
  FakeStream,
  makeFrame,
  makeHistogram,
  makeRow
} from '../../histograms/testing';
import { trans } from '../tab/harness';
import { FakeRuns, makeChanges, makeRun } from '../tab/testing';
import { CompareModel } from './model';
import { CompareView } from './view';

const HOSTILE = '<img src=x onerror=alert(1)>"\u202e💥' + 'x'.repeat(500);

describe('CompareView', () => {
  let host: HTMLElement;
  let model: CompareModel;
  let onOpen: jest.Mock;
  let root: Root;
  let runs: FakeRuns;
  let stream: FakeStream;

  const open = (ids: string[]): Promise<void> =>
    act(async () => {
      model = new CompareModel({ runs: ids, manager: runs, stream });
      model.isVisible = true;
      root.render(<CompareView model={model} onOpen={onOpen} trans={trans} />);
    });
  const texts = (selector: string) =>
    [...host.querySelectorAll(selector)].map(({ textContent }) => textContent);

  beforeEach(() => {
    fillInBrowser();
    const fields = { histograms_sequence: 1, state: 'done' as const };
    runs = new FakeRuns(makeRun({ ...fields, id: 'new', name: 'Tighter' }));
    runs.others = [makeRun({ ...fields, id: 'old', name: HOSTILE })];
    runs.histograms.mockResolvedValue({
      sequence: 1,
      histograms: [makeHistogram()]
    });
    runs.changes.mockImplementation(async (run: string) =>
      makeChanges({
        run,
        arguments: [{ name: 'pt', before: '20', after: '30' }],
        metrics: [{ name: 'time', unit: 's', before: 10, after: 5 }]
      })
    );
    stream = new FakeStream();
    onOpen = jest.fn();
    host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
  });

  afterEach(async () => {
    await act(async () => root.unmount());
    model.dispose();
    host.remove();
  });

  it('shows the numbers side by side, and what changed', async () => {
    await open(['old', 'new']);
    expect(texts('tbody td').slice(0, 2)).toEqual(['10 s', '5.0 s× 0.500']);
    expect(texts('h2')).toContain('What changed from A to B');
    expect(texts('ins')).toEqual(['30']);
    expect(host.querySelector('img')).toBeNull();
    expect(host.textContent).toContain(HOSTILE);
  });

  it('shows runs in the colours that they are drawn in', async () => {
    await open(['old', 'new']);
    const [{ receiver }] = stream.watched;
    const swatches = () =>
      [...host.querySelectorAll<HTMLElement>('.casa-Compare-swatch')].map(
        ({ style }) => style.background
      );
    expect(new Set(swatches())).toEqual(new Set(['transparent']));
    await act(async () =>
      receiver.onFrame(
        makeFrame(
          {
            run: 'old',
            others: [{ run: 'new', name: 'B', fractions: {}, final: true }]
          },
          [makeRow('A', 'line', [1, 2]), makeRow('B', 'line', [2, 1])]
        )
      )
    );
    expect(new Set(swatches()).size).toBe(2);
    expect(swatches()).not.toContain('transparent');
  });

  it('takes another reference, and opens a run by itself', async () => {
    await open(['old', 'new']);
    const radios = host.querySelectorAll<HTMLInputElement>('[type=radio]');
    await act(async () => radios[1].click());
    expect(model.reference).toBe('new');
    expect(texts('h2')).toContain('What changed from B to A');
    await act(async () =>
      host
        .querySelectorAll<HTMLElement>('.casa-Compare-which button')[1]
        .click()
    );
    expect(onOpen).toHaveBeenCalledWith('new');
  });

  it('goes on without a run that was deleted', async () => {
    runs.changes.mockRejectedValue(new Error('There is no such run.'));
    await open(['old', 'gone', 'new']);
    expect(texts('[role=alert]')).toContain('There is no such run.');
    expect(texts('.casa-Compare-which')[1]).toContain('not known');
    await open(['gone', 'new']);
    expect(host.textContent).toContain('does not exist any more');
  });
});
