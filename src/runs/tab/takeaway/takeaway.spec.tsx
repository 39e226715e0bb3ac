import { Clipboard } from '@jupyterlab/apputils';
import type { IStateDB } from '@jupyterlab/statedb';
import { Drag } from '@lumino/dragdrop';
import * as React from 'react';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { dragsCell } from '../../../components/celldrag';
import { HistogramModel } from '../../../histograms';
import { FakeStream, makeHistogram } from '../../../histograms/testing';
import type { IFile } from '../../../services/request';
import { trans } from '../harness';
import { FakeRuns, makeRun } from '../testing';
import { Looks } from './looks';
import { TakeAwayModel } from './model';
import { TakeAway } from './view';

/** A database of one value. */
class FakeState {
  constructor(public value: unknown) {}

  readonly fetch = jest.fn(async () => this.value);
  readonly save = jest.fn(async (_: string, value: unknown) => {
    this.value = value;
  });
}

function looksWith(value: unknown): { looks: Looks; state: FakeState } {
  const state = new FakeState(value);
  return { looks: new Looks({ state: state as unknown as IStateDB }), state };
}

function histogramOf(path: string): HistogramModel {
  return new HistogramModel({
    run: 'r1',
    datasets: ['ttbar'],
    histogram: makeHistogram({ path }),
    stream: new FakeStream()
  });
}

describe('Looks', () => {
  it('remembers what was chosen', async () => {
    const { looks, state } = looksWith(undefined);
    await looks.ready;
    looks.choose({ style: 'cms', luminosity: 59.8 });
    expect(state.value).toEqual({
      style: 'cms',
      status: '',
      luminosity: 59.8,
      energy: null
    });
    const later = looksWith(state.value).looks;
    await later.ready;
    expect(later.look.style).toBe('cms');
    expect(later.look.luminosity).toBe(59.8);
  });

  it('makes sense of what another version may have saved', async () => {
    const { looks } = looksWith({ style: 'opal', energy: -1, status: 3 });
    await looks.ready;
    expect(looks.look).toEqual({
      style: 'plain',
      status: '',
      luminosity: null,
      energy: null
    });
  });
});

describe('TakeAway', () => {
  let host: HTMLElement;
  let root: Root;
  let runs: FakeRuns;
  let saved: IFile[];
  let model: TakeAwayModel;
  let histograms: HistogramModel[];

  const click = (name: string): Promise<void> =>
    act(async () => {
      const found = [
        ...host.querySelectorAll<HTMLElement>('button, label')
      ].find(({ textContent }) => textContent === name);
      expect(found).toBeDefined();
      found?.click();
    });

  beforeEach(async () => {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
    saved = [];
    runs = new FakeRuns(makeRun());
    histograms = ['mass', 'pt'].map(histogramOf);
    model = new TakeAwayModel({
      run: 'r1',
      runs,
      looks: new Looks({ state: null }),
      save: file => saved.push(file)
    });
    host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
    await act(async () =>
      root.render(
        <TakeAway
          model={model}
          histogram={histograms[0]}
          all={histograms}
          trans={trans}
        />
      )
    );
  });

  afterEach(async () => {
    await act(async () => root.unmount());
    host.remove();
  });

  it('saves the histogram as it is shown', async () => {
    histograms[0].draw({ log: true });
    model.looks.choose({ style: 'lhcb' });
    await click('Save as');
    await click('PDF');
    expect(saved.map(({ name }) => name)).toEqual(['mass.png']);
    const [id, wanted] = runs.exportHistograms.mock.calls[0];
    expect(id).toBe('r1');
    expect(wanted).toMatchObject({
      format: 'pdf',
      whole: false,
      look: { style: 'lhcb' },
      choices: [
        {
          histogram: 'mass',
          log: true,
          range: null,
          order: ['ttbar'],
          view: { x: 'mass' }
        }
      ]
    });
  });

  it('saves all of them, whole where the format can hold that', async () => {
    await click('Save as');
    await click('All 2 histograms');
    await click('Every axis and category');
    await click('ROOT');
    await click('PNG');
    const wanted = runs.exportHistograms.mock.calls.map(([, each]) => each);
    expect(wanted.map(({ whole }) => whole)).toEqual([true, false]);
    expect(wanted[0].choices?.map(({ histogram }) => histogram)).toEqual([
      'mass',
      'pt'
    ]);
  });

  it('says why there is no file', async () => {
    runs.exportHistograms.mockRejectedValueOnce(new Error('Install mplhep.'));
    await click('Save as');
    await click('PNG');
    expect(host.querySelector('[role=alert]')?.textContent).toBe(
      'Install mplhep.'
    );
    await click('PNG');
    expect(host.querySelector('[role=alert]')).toBeNull();
    expect(saved).toHaveLength(1);
  });

  it('copies code', async () => {
    const copy = jest.spyOn(Clipboard, 'copyToSystem').mockReturnValue();
    await click('Copy as code');
    expect(runs.histogramCode.mock.calls[0][1].choice.histogram).toBe('mass');
    expect(copy).toHaveBeenCalledWith('import hist');
    expect(host.textContent).toContain('Copied');
  });
});

describe('dragsCell', () => {
  const pointer = (type: string, x: number): MouseEvent =>
    new MouseEvent(type, { clientX: x, bubbles: true });

  const press = (
    what: () => Promise<{ code: string; label: string }>
  ): void => {
    const target = document.createElement('div');
    dragsCell(what)({
      button: 0,
      clientX: 0,
      clientY: 0,
      pointerType: 'mouse',
      target
    } as unknown as React.PointerEvent<HTMLElement>);
  };

  let start: jest.SpyInstance;

  beforeEach(() => {
    start = jest.spyOn(Drag.prototype, 'start').mockResolvedValue('none');
  });

  afterEach(() => start.mockRestore());

  it('begins when the code has come, where the pointer is by then', async () => {
    const code = Promise.resolve({ code: 'import hist', label: 'mass' });
    press(() => code);
    document.dispatchEvent(pointer('pointermove', 20));
    expect(start).not.toHaveBeenCalled();
    document.dispatchEvent(pointer('pointermove', 30));
    await code;
    await Promise.resolve();
    expect(start.mock.calls).toEqual([[30, 0]]);
  });

  it.each(['pointerup', 'pointercancel'])(
    'does not begin after %s',
    async end => {
      const code = Promise.resolve({ code: 'import hist', label: 'mass' });
      press(() => code);
      document.dispatchEvent(pointer('pointermove', 20));
      document.dispatchEvent(pointer(end, 20));
      await code;
      await Promise.resolve();
      expect(start).not.toHaveBeenCalled();
    }
  );
});
