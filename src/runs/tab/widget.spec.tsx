import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import {
  FakeStream,
  makeCategories,
  makeAxis,
  makeFrame,
  makeHistogram
} from '../../histograms/testing';
import type { FailureList, Histogram, Run } from '../../services/models';
import { RunTabModel } from './model';
import { FakeRuns, makeFailure, makeProgress, makeRun } from './testing';
import { RunTab, RunView } from './widget';

const trans = nullTranslator.load('casa-lab');

/** Sees every element at once, as if it were on screen. */
class SeesAll implements IntersectionObserver {
  constructor(private readonly _callback: IntersectionObserverCallback) {}

  readonly root = null;
  readonly rootMargin = '';
  readonly scrollMargin = '';
  readonly thresholds = [];

  observe(target: Element): void {
    const entry = { isIntersecting: true, target } as IntersectionObserverEntry;
    this._callback([entry], this);
  }

  disconnect(): void {
    // Nothing was set up.
  }

  unobserve(): void {
    // Nothing was set up.
  }

  takeRecords(): IntersectionObserverEntry[] {
    return [];
  }
}

describe('RunView', () => {
  let runs: FakeRuns;
  let model: RunTabModel;
  let stream: FakeStream;
  let host: HTMLElement;
  let root: Root;

  const show = async (
    fields: Partial<Run>,
    histograms: Histogram[] = [],
    failures: FailureList = { failures: [], total: 0 }
  ): Promise<void> => {
    runs = new FakeRuns(makeRun(fields));
    runs.histograms.mockResolvedValue({ sequence: 1, histograms });
    runs.failures.mockResolvedValue(failures);
    stream = new FakeStream();
    model = new RunTabModel({ run: 'r1', runs, stream });
    await act(async () => {
      model.isVisible = true;
      root.render(<RunView model={model} trans={trans} />);
    });
  };

  const change = (fields: Partial<Run> | null): Promise<void> =>
    act(async () => runs.change(fields));

  const click = (name: string): Promise<void> =>
    act(async () => {
      const button = [...host.querySelectorAll('button')].find(
        ({ ariaLabel, textContent }) =>
          textContent === name || ariaLabel === name
      );
      expect(button).toBeDefined();
      button?.click();
    });

  const buttons = (): string[] =>
    [...host.querySelectorAll('.casa-RunTab-header button')].map(
      ({ textContent }) => textContent ?? ''
    );

  const badge = (): Element | null => host.querySelector('[role=status]');

  beforeEach(() => {
    Object.assign(globalThis, {
      IS_REACT_ACT_ENVIRONMENT: true,
      IntersectionObserver: SeesAll
    });
    host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
  });

  afterEach(async () => {
    await act(async () => root.unmount());
    model.dispose();
    host.remove();
  });

  it('says what it waits for', async () => {
    await show({
      state: 'preparing',
      message: 'Waiting for the first of 2 workers.',
      progress: makeProgress({ datasets: {}, events_total: null })
    });
    expect(badge()?.textContent).toBe('Preparing');
    expect(badge()?.getAttribute('aria-live')).toBe('polite');
    expect(host.textContent).toContain('Waiting for the first of 2 workers.');
    expect(host.textContent).toContain('Counting events…');
    expect(host.textContent).toContain('not looked at yet');
  });

  it('offers what can be done in each state', async () => {
    await show({ state: 'running' });
    expect(buttons()).toEqual(['Pause', 'Stop']);
    await change({ state: 'paused' });
    expect(buttons()).toEqual(['Resume', 'Stop']);
    await change({ state: 'done' });
    expect(buttons()).toEqual([]);
    await change({ state: 'stopped', resumable: true });
    expect(buttons()).toEqual(['Resume']);
  });

  it('says why an action did not work', async () => {
    await show({ state: 'running' });
    runs.stop.mockRejectedValue(new Error('The run has ended already.'));
    await click('Stop');
    expect(host.querySelector('[role=alert]')?.textContent).toBe(
      'The run has ended already.'
    );
  });

  it('says why a run failed, and resumes it', async () => {
    await show({
      state: 'failed',
      message: 'The processor cannot be imported.',
      resumable: true
    });
    expect(host.querySelector('[role=alert]')?.textContent).toBe(
      'The processor cannot be imported.'
    );
    await click('Resume');
    expect(runs.resume).toHaveBeenCalledWith('r1');
  });

  it('shows the first histogram as soon as there is one', async () => {
    const axes = [makeCategories('dataset', ['ttbar']), makeAxis()];
    await show({ state: 'running' }, [makeHistogram({ axes })]);
    expect(stream.watched).toHaveLength(0);
    await change({ histograms_sequence: 1 });
    expect(host.querySelector('h3')?.textContent).toBe('mass');
    expect(stream.watched).toHaveLength(1);
    await act(async () =>
      stream.watched[0].receiver.onFrame(
        makeFrame({ stack: ['ttbar'], fractions: { ttbar: 0.43 } }, [
          [0, 1, 2, 0]
        ])
      )
    );
    expect(host.textContent).toContain('Partial: 43% of the events');
  });

  it('chooses among histograms', async () => {
    const histograms = ['mass', 'pt'].map(path => makeHistogram({ path }));
    await show({ state: 'done', histograms_sequence: 1 }, histograms);
    const [mass, pt] = host.querySelectorAll<HTMLElement>('[aria-pressed]');
    expect(mass.getAttribute('aria-pressed')).toBe('true');
    await act(async () => pt.click());
    expect(pt.getAttribute('aria-pressed')).toBe('true');
    expect(host.querySelector('h3')?.textContent).toBe('pt');
  });

  it('says that a processor returned no histograms', async () => {
    await show({ state: 'done', histograms_sequence: 1 });
    expect(host.textContent).toContain('There are no histograms in what');
  });

  it('lists failures by cause', async () => {
    const failures = [
      makeFailure(),
      makeFailure({ entry_start: 100, entry_stop: 200 }),
      makeFailure({ kind: 'file missing', cause: 'There is no file.' })
    ];
    const progress = makeProgress({ chunks_failed: 3 });
    await show({ progress }, [], { failures, total: 2_000 });
    const groups = [...host.querySelectorAll('.casa-FailureGroup > summary')];
    expect(groups.map(({ textContent }) => textContent)).toEqual([
      '2Error in the processor. The processor raised IndexError: too far.',
      '1File missing. There is no file.'
    ]);
    expect(host.textContent).toContain('entries 100 to 200');
    expect(host.textContent).toContain('The first 3 of 2,000 failures');
  });

  it('fetches the log when it is asked for', async () => {
    await show({ state: 'running' });
    expect(runs.log).not.toHaveBeenCalled();
    await click('Show');
    expect(host.querySelector('.casa-RunTab-log pre')?.textContent).toBe(
      'all is well'
    );
  });

  it('says when the server does not answer', async () => {
    await show({ state: 'running' });
    stream.isConnected = false;
    await act(async () => stream.connectionChanged.emit(false));
    expect(host.textContent).toContain('The server does not answer');
  });

  it('says that the run was deleted', async () => {
    await show({ state: 'done' });
    await change(null);
    expect(host.textContent).toBe('This run does not exist any more.');
  });
});

describe('RunTab', () => {
  it('has the name and the state of the run in its title', () => {
    const runs = new FakeRuns(makeRun());
    const model = new RunTabModel({
      run: 'r1',
      runs,
      stream: new FakeStream()
    });
    const widget = new RunTab({ model, trans });
    const changed = jest.fn();
    widget.title.changed.connect(changed);
    expect(widget.title.label).toBe('Dimuon mass');
    expect(widget.title.iconClass).toContain('casa-mod-active');
    runs.change({ state: 'failed' });
    expect(widget.title.iconClass).toContain('casa-mod-bad');
    expect(changed).toHaveBeenCalled();
    widget.dispose();
    expect(model.isDisposed).toBe(true);
  });
});
