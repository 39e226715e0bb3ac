import { act } from 'react';
import {
  FakeStream,
  makeAxis,
  makeCategories,
  makeFrame,
  makeRow,
  makeHistogram
} from '../../histograms/testing';
import { TabHarness, trans } from './harness';
import { RunTabModel } from './model';
import { FakeRuns, makeGroup, makeProgress, makeRun } from './testing';
import { RunTab } from './widget';

describe('RunView', () => {
  const view = new TabHarness();
  const { change, click, show } = view;
  let host: HTMLElement;
  let runs: FakeRuns;
  let stream: FakeStream;

  const buttons = (): string[] =>
    [...host.querySelectorAll('.casa-RunTab-titleRow button')].map(
      ({ textContent }) => textContent ?? ''
    );

  const badge = (): Element | null => host.querySelector('[role=status]');

  beforeEach(() => {
    view.open();
    ({ host, runs, stream } = view);
  });

  afterEach(() => view.close());

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
        makeFrame({ fractions: { ttbar: 0.43 } }, [
          makeRow('ttbar', 'layer', [1, 2]),
          makeRow('', 'total', [1, 2])
        ])
      )
    );
    expect(host.textContent).toContain('Partial: 43% of the events');
  });

  it('chooses among histograms', async () => {
    const histograms = ['mass', 'pt'].map(path => makeHistogram({ path }));
    await show({ state: 'done', histograms_sequence: 1 }, histograms);
    const [mass, pt] = host.querySelectorAll<HTMLElement>(
      '.casa-RunTab-thumbnails [aria-pressed]'
    );
    expect(mass.getAttribute('aria-pressed')).toBe('true');
    await act(async () => pt.click());
    expect(pt.getAttribute('aria-pressed')).toBe('true');
    expect(host.querySelector('h3')?.textContent).toBe('pt');
  });

  it('keeps the ends of long paths in sight, where they differ', async () => {
    const paths = ['nested/deep/pt', 'nested/deep/eta', 'mass'];
    const histograms = paths.map(path => makeHistogram({ path }));
    await show({ state: 'done', histograms_sequence: 1 }, histograms);
    const parts = Array.from(host.querySelectorAll('.casa-RunTab-path'), path =>
      Array.from(path.children, part => part.textContent)
    );
    expect(parts).toEqual([
      ['nested/deep/', 'pt'],
      ['nested/deep/', 'eta'],
      ['mass']
    ]);
  });

  it('says that a processor returned no histograms', async () => {
    await show({ state: 'done', histograms_sequence: 1 });
    expect(host.textContent).toContain('There are no histograms in what');
  });

  describe('failures', () => {
    const missing = makeGroup({
      id: 'g2',
      kind: 'file missing',
      cause: 'There is no file.',
      chunks: 1,
      events: 0,
      unread_files: 1
    });
    const two = { groups: [makeGroup(), missing], total: 3, accepted: [] };
    const failed = makeProgress({ chunks_failed: 3 });
    const done = { state: 'done', resumable: true, progress: failed } as const;

    const tick = (label: string): Promise<void> =>
      act(async () =>
        host.querySelector<HTMLElement>(`[aria-label="${label}"]`)?.click()
      );

    const answer = async (button: string): Promise<string> => {
      const dialog = document.querySelector('.jp-Dialog');
      const text = dialog?.querySelector('.jp-Dialog-body')?.textContent ?? '';
      await act(async () => {
        [...(dialog?.querySelectorAll('button') ?? [])]
          .find(({ textContent }) => textContent === button)
          ?.click();
      });
      return text;
    };

    it('are listed by cause, each with an example', async () => {
      await show({ progress: failed }, [], two);
      const groups = [...host.querySelectorAll('.casa-FailureGroup > summary')];
      expect(groups.map(({ textContent }) => textContent)).toEqual([
        '2Error in the processor. The processor raised IndexError: too far.',
        '1File missing. There is no file.'
      ]);
      expect(host.textContent).toContain('entries 0 to 200');
      const trace = host.querySelector('.casa-Failure-traceback');
      expect(trace?.textContent).toBe('IndexError: too far');
      await click('Show the whole traceback');
      expect(trace?.textContent).toContain('Traceback (most recent call last)');
    });

    it('cannot be acted on while the run goes on', async () => {
      await show({ state: 'running', progress: failed }, [], two);
      expect(host.textContent).not.toContain('Retry');
      expect(host.querySelector('[type=checkbox]')).toBeNull();
    });

    it('are retried, all or those that are chosen', async () => {
      await show(done, [], two);
      expect(buttons()).not.toContain('Resume');
      await click('Retry all');
      expect(runs.retry).toHaveBeenLastCalledWith('r1', {
        groups: null,
        accepted: false
      });
      await tick('Choose: File missing');
      await click('Retry these');
      expect(runs.retry).toHaveBeenLastCalledWith('r1', {
        groups: ['g2'],
        accepted: false
      });
    });

    it('are accepted once the user knows how much goes', async () => {
      await show(done, [], two);
      await click('Exclude and accept…');
      expect(await answer('Cancel')).toContain(
        'Leave 200 events and 1 file that could not be read out of the result'
      );
      expect(runs.accept).not.toHaveBeenCalled();
      await tick('Choose: Error in the processor');
      await click('Accept these…');
      expect(await answer('Exclude and Accept')).toContain('Leave 200 events');
      expect(runs.accept).toHaveBeenCalledWith('r1', {
        groups: ['g1'],
        chunks: 2
      });
    });

    it('that were accepted are told apart, and can be retried', async () => {
      const left_out = { chunks: 2, events: 200, files: 1, unread_files: 0 };
      await show({ state: 'done', progress: makeProgress({ left_out }) }, [], {
        groups: [],
        total: 0,
        accepted: [makeGroup()]
      });
      expect(host.querySelector('.casa-Accepted > summary')?.textContent).toBe(
        'Accepted as missing: 200 events'
      );
      expect(host.querySelector('.casa-RunTab-numbers')?.textContent).toContain(
        'Accepted as missing200 events'
      );
      await click('Retry after all');
      expect(runs.retry).toHaveBeenLastCalledWith('r1', {
        groups: null,
        accepted: true
      });
    });

    it('of a notebook can be accepted only', async () => {
      await show({ ...done, resumable: false, code_kept: false }, [], two);
      expect(host.textContent).toContain('cannot be retried from here');
      expect(host.textContent).not.toContain('Retry all');
      expect(host.textContent).toContain('Exclude and accept…');
    });

    it('say why they could not be retried', async () => {
      await show(done, [], two);
      runs.retry.mockRejectedValue(new Error('There is no cluster.'));
      await click('Retry all');
      expect(host.querySelector('[role=alert]')?.textContent).toBe(
        'There is no cluster.'
      );
    });
  });

  it('fetches the log when it is asked for', async () => {
    await show({ state: 'running' });
    expect(runs.log).not.toHaveBeenCalled();
    await click('Log');
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
