import { act } from 'react';
import { TabHarness } from './harness';
import {
  type FakeRuns,
  makeGroup,
  makeMetrics,
  makeProgress,
  makeWork
} from './testing';

describe('RunView', () => {
  const view = new TabHarness();
  const { change, click, press, show } = view;
  let host: HTMLElement;
  let runs: FakeRuns;

  beforeEach(() => {
    view.open();
    ({ host, runs } = view);
  });

  afterEach(() => view.close());

  describe('what is watched', () => {
    const progress = makeProgress({ seconds_elapsed: 20 });
    const watched = { reports_sequence: 1, progress } as const;
    const section = (id: string): Element | null =>
      host.querySelector(`[data-section=${id}]`);

    it('is not there before a run reports', async () => {
      await show({ state: 'running' });
      expect(section('files')).toBeNull();
      expect(section('performance')).toBeNull();
      expect(runs.tiles).not.toHaveBeenCalled();
    });

    it('shows numbers with how they went, to be read point by point', async () => {
      await show({ state: 'running', ...watched });
      const gauge = host.querySelector('.casa-Gauge');
      expect(gauge?.textContent).toBe('Events/s100');
      const curve = gauge?.querySelector('[role=slider]');
      expect(curve?.getAttribute('aria-valuetext')).toBe('200');
      await press(curve, 'ArrowLeft');
      expect(gauge?.textContent).toBe('Events/s, at 2 s300');
    });

    it('shows rates on average while the run is paused', async () => {
      const paused = makeProgress({
        seconds_elapsed: 20,
        events_per_second: 0,
        bytes_per_second: 0
      });
      await show({ state: 'paused', reports_sequence: 1, progress: paused });
      const [events, bytes] = host.querySelectorAll('.casa-Gauge');
      expect(events.textContent).toBe('Events/s, mean200');
      expect(bytes.textContent).toBe('Read, mean2.0 MB/s');
    });

    it('shows files as tiles, and lists those of the one that is chosen', async () => {
      await show({ state: 'running', ...watched });
      const grid =
        section('files')?.querySelector<HTMLElement>('[role=listbox]');
      expect(grid?.getAttribute('aria-label')).toBe('Files of ttbar');
      expect(grid?.querySelectorAll('path')).toHaveLength(6);
      await act(async () => grid?.focus());
      await press(grid, 'ArrowRight');
      const option = grid?.querySelector('[role=option]');
      expect(option?.textContent).toBe(
        'ttbar, file 2: Failed, 50% of its events'
      );
      expect(option?.getAttribute('aria-posinset')).toBe('2');
      expect(grid?.getAttribute('aria-activedescendant')).toBe(option?.id);
      await press(grid, 'Enter');
      expect(runs.files).toHaveBeenLastCalledWith('r1', {
        dataset: 'ttbar',
        first: 1,
        last: 1,
        offset: 0,
        limit: 50
      });
      expect(host.querySelector('.casa-FileRow')?.textContent).toContain(
        'Done · 2 chunks · 1,000 of 1,000 events · 2.5 s · node-1'
      );
      await click('Close the list of files');
      expect(host.querySelector('.casa-FileRow')).toBeNull();
    });

    it('lists the files in a state', async () => {
      await show({ state: 'running', ...watched });
      await click('Failed1');
      expect(runs.files.mock.lastCall?.[1]).toMatchObject({ state: 'failed' });
    });

    it('tells how well the cluster was used', async () => {
      const metrics = makeMetrics({
        batches: 3,
        event_rate_khz: 12.34,
        busy_seconds: 80,
        process_seconds: 60,
        overhead_seconds: 20,
        thread_seconds: 100,
        workers: { 'tls://1': { ...makeWork({ events: 500 }), host: 'n1' } }
      });
      await show({ state: 'done' });
      runs.metrics.mockResolvedValue(metrics);
      await change(watched);
      const text = section('performance')?.textContent ?? '';
      expect(text).toContain('Event rate12.3 kHz');
      expect(text).toContain('process() 60%');
      expect(text).toContain('n1 (tls://1)');
    });

    it('says what became of tasks that are not back', async () => {
      runs.metrics.mockResolvedValue(
        makeMetrics({
          batches: 1,
          busy_seconds: 60,
          process_seconds: 60,
          thread_seconds: 100,
          pending_seconds: 30
        })
      );
      await show({ state: 'running' });
      await change(watched);
      const text = () => section('performance')?.textContent ?? '';
      expect(text()).toContain('in tasks not back yet 30%');
      await change({ state: 'stopped' });
      expect(text()).toContain('in tasks given up 30%');
    });

    it('shows no numbers before anything is measured', async () => {
      await show({ state: 'running', ...watched });
      const text = section('performance')?.textContent ?? '';
      expect(text).toContain('when the first chunks are done');
      expect(text).not.toContain('kHz');
    });

    it('is not asked for while its section is folded away', async () => {
      await show({ state: 'running' });
      await click('Log');
      await click('Log');
      runs.log.mockClear();
      await change({ updated: 5, message: 'Still at it.' });
      expect(runs.log).not.toHaveBeenCalled();
    });
  });

  it('leads to failures from the top', async () => {
    const progress = makeProgress({ chunks_failed: 2 });
    Element.prototype.scrollIntoView = jest.fn();
    await show({ progress }, [], {
      groups: [makeGroup()],
      total: 2,
      accepted: []
    });
    expect(host.querySelector('.casa-FailureAlert p')?.textContent).toBe(
      '2 chunks failed. Error in the processor 2'
    );
    await click('Look into it');
    expect(document.activeElement?.textContent).toBe('Failures');
  });

  it('searches the log', async () => {
    await show({ state: 'running' });
    runs.log.mockResolvedValue({ text: 'one\ntwo\nOne', truncated: false });
    await click('Log');
    const input = host.querySelector<HTMLInputElement>('[type=search]');
    await act(async () => {
      const { set } =
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value') ??
        {};
      set?.call(input, 'one');
      input?.dispatchEvent(new Event('input', { bubbles: true }));
    });
    const marks = [...host.querySelectorAll('mark')];
    expect(marks.map(({ textContent }) => textContent)).toEqual(['one', 'One']);
    expect(marks[0].getAttribute('aria-current')).toBe('true');
    await click('Next match');
    expect(marks[1].getAttribute('aria-current')).toBe('true');
    expect(host.querySelector('.casa-Log-tools')?.textContent).toContain(
      '2 of 2'
    );
  });
});
