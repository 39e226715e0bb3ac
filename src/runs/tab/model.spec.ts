import { FakeStream, makeHistogram } from '../../histograms/testing';
import { ResponseError } from '../../services/request';
import { RunTabModel } from './model';
import { FakeRuns, makeProgress, makeRun } from './testing';

describe('RunTabModel', () => {
  let runs: FakeRuns;
  let model: RunTabModel;

  beforeEach(() => {
    jest.useFakeTimers();
    runs = new FakeRuns(makeRun());
    model = new RunTabModel({ run: 'r1', runs, stream: new FakeStream() });
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(5_000);
  const paths = (): string[] => model.histograms.map(({ path }) => path);

  it('fetches nothing before there is anything, nor while hidden', async () => {
    runs.change({ histograms_sequence: 1 });
    await settle();
    expect(runs.histograms).not.toHaveBeenCalled();
    runs.change({ histograms_sequence: 0 });
    model.isVisible = true;
    await settle();
    expect(runs.histograms).not.toHaveBeenCalled();
    expect(runs.failures).not.toHaveBeenCalled();
    expect(runs.log).not.toHaveBeenCalled();
  });

  it('catches up when it is shown', async () => {
    runs.change({ histograms_sequence: 3 });
    model.isVisible = true;
    await settle();
    expect(runs.histograms).toHaveBeenCalledTimes(1);
    model.isVisible = false;
    model.isVisible = true;
    await settle();
    expect(runs.histograms).toHaveBeenCalledTimes(1);
  });

  it('draws nothing anew while hidden, but tells how the run is', () => {
    const [drawn, told] = [jest.fn(), jest.fn()];
    model.changed.connect(drawn);
    model.runChanged.connect(told);
    runs.change({ state: 'paused' });
    expect([drawn.mock.calls.length, told.mock.calls.length]).toEqual([0, 1]);
    model.isVisible = true;
    expect(drawn).toHaveBeenCalledTimes(1);
    runs.change({ state: 'running' });
    expect(drawn).toHaveBeenCalledTimes(2);
  });

  it('shows the first histogram that can be drawn', async () => {
    model.isVisible = true;
    runs.histograms.mockResolvedValue({
      sequence: 1,
      histograms: [
        makeHistogram({ path: 'odd', axes: [], problem: 'No axis.' }),
        makeHistogram({ path: 'mass' }),
        makeHistogram({ path: 'pt' })
      ]
    });
    runs.change({ histograms_sequence: 1 });
    await settle();
    expect(paths()).toEqual(['odd', 'mass', 'pt']);
    expect(model.selected?.path).toBe('mass');
  });

  it('keeps models and the selection from snapshot to snapshot', async () => {
    model.isVisible = true;
    const histograms = [
      makeHistogram({ path: 'mass' }),
      makeHistogram({ path: 'pt' })
    ];
    runs.histograms.mockResolvedValue({ sequence: 1, histograms });
    runs.change({ histograms_sequence: 1 });
    await settle();
    const [mass, pt] = model.histograms;
    model.select(pt);
    runs.histograms.mockResolvedValue({
      sequence: 2,
      histograms: [makeHistogram({ path: 'eta' }), ...histograms]
    });
    runs.change({ histograms_sequence: 2 });
    await settle();
    expect(model.histograms.slice(1)).toEqual([mass, pt]);
    expect(model.selected).toBe(pt);

    runs.histograms.mockResolvedValue({
      sequence: 3,
      histograms: [makeHistogram({ path: 'mass' })]
    });
    runs.change({ histograms_sequence: 3 });
    await settle();
    expect(pt.isDisposed).toBe(true);
    expect(model.selected).toBe(mass);
  });

  it('fetches failures when there are more, and at the end', async () => {
    model.isVisible = true;
    runs.change({ progress: makeProgress({ chunks_failed: 1 }) });
    runs.change({ updated: 1 });
    await settle();
    expect(runs.failures).toHaveBeenCalledTimes(1);
    runs.change({ progress: makeProgress({ chunks_failed: 2 }) });
    await settle();
    expect(runs.failures).toHaveBeenCalledTimes(2);
    runs.change({ state: 'done' });
    await settle();
    expect(runs.failures).toHaveBeenCalledTimes(3);
  });

  it('follows the log while it is shown', async () => {
    model.isVisible = true;
    const hide = model.show('log');
    await settle();
    expect(runs.log).toHaveBeenCalledTimes(1);
    expect(model.log.value?.text).toBe('all is well');
    runs.change({ updated: 1_700_000_020 });
    await settle();
    expect(runs.log).toHaveBeenCalledTimes(2);
    hide();
    runs.change({ updated: 1_700_000_030 });
    await settle();
    expect(runs.log).toHaveBeenCalledTimes(2);
  });

  it('fetches reports of what is seen, once for each', async () => {
    model.isVisible = true;
    runs.change({ reports_sequence: 1 });
    await settle();
    expect(runs.metrics).not.toHaveBeenCalled();
    const hide = model.show('metrics');
    model.show('series');
    await settle();
    runs.change({ updated: 2 });
    await settle();
    expect(runs.metrics).toHaveBeenCalledTimes(1);
    expect(runs.series).toHaveBeenCalledTimes(1);
    expect(runs.tiles).not.toHaveBeenCalled();
    hide();
    runs.change({ reports_sequence: 2 });
    await settle();
    expect(runs.metrics).toHaveBeenCalledTimes(1);
    expect(runs.series).toHaveBeenCalledTimes(2);
  });

  it('fetches again what the server could not answer, once it is seen', async () => {
    runs.metrics.mockRejectedValueOnce(new ResponseError('No answer.', 0));
    model.isVisible = true;
    model.show('metrics');
    runs.change({ state: 'done', reports_sequence: 1 });
    model.isVisible = false;
    await settle();
    expect(runs.metrics).toHaveBeenCalledTimes(1);
    expect(model.metrics.problem).toBe('No answer.');
    model.isVisible = true;
    await settle();
    expect(runs.metrics).toHaveBeenCalledTimes(2);
    expect(model.metrics.problem).toBeNull();
    await settle();
    expect(runs.metrics).toHaveBeenCalledTimes(2);
  });

  it('looks at files anew when failures were accepted', async () => {
    model.isVisible = true;
    model.show('files');
    runs.change({ state: 'done', reports_sequence: 1 });
    await settle();
    const left_out = { chunks: 2, events: 200, files: 1, unread_files: 0 };
    runs.change({ progress: makeProgress({ left_out }) });
    await settle();
    expect(runs.tiles).toHaveBeenCalledTimes(2);
  });

  it('asks for nothing while hidden, however much happens', async () => {
    const hidden = Array.from({ length: 10 }, () => {
      const tab = new RunTabModel({
        run: 'r1',
        runs,
        stream: new FakeStream()
      });
      (['files', 'log', 'metrics', 'series'] as const).forEach(part =>
        tab.show(part)
      );
      tab.files.choose(null);
      return tab;
    });
    for (let number = 1; number <= 50; number++) {
      runs.change({
        updated: number,
        reports_sequence: number,
        histograms_sequence: number,
        progress: makeProgress({ chunks_failed: number })
      });
      await jest.advanceTimersByTimeAsync(500);
    }
    const asked = [
      runs.failures,
      runs.files,
      runs.histograms,
      runs.log,
      runs.metrics,
      runs.series,
      runs.tiles
    ].reduce((sum, { mock }) => sum + mock.calls.length, 0);
    expect(asked).toBe(0);
    hidden.forEach(tab => tab.dispose());
  });

  it('asks for news at a bounded rate while it is seen', async () => {
    model.isVisible = true;
    (['files', 'metrics', 'series'] as const).forEach(part => model.show(part));
    for (let number = 1; number <= 100; number++) {
      runs.change({ updated: number, reports_sequence: number });
      await jest.advanceTimersByTimeAsync(100);
    }
    expect(runs.series.mock.calls.length).toBeLessThanOrEqual(11);
    expect(runs.metrics.mock.calls.length).toBeLessThanOrEqual(6);
    expect(runs.tiles.mock.calls.length).toBeLessThanOrEqual(6);
  });

  it('knows when the run is gone', () => {
    const changed = jest.fn();
    model.runChanged.connect(changed);
    expect(model.isGone).toBe(false);
    runs.change(null);
    expect(model.isGone).toBe(true);
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it('waits for the list of runs before it says so', () => {
    const early = new FakeRuns(undefined);
    early.isReady = false;
    const restored = new RunTabModel({
      run: 'r1',
      runs: early,
      stream: new FakeStream()
    });
    expect(restored.isGone).toBe(false);
    early.isReady = true;
    early.change(makeRun());
    expect(restored.run?.id).toBe('r1');
    restored.dispose();
  });

  it('asks for a run that is older than those that are listed', async () => {
    const early = new FakeRuns(undefined);
    early.load.mockImplementation(async () => {
      early.change(makeRun());
      return makeRun();
    });
    const options = { runs: early, stream: new FakeStream() };
    const old = new RunTabModel({ run: 'r1', ...options });
    expect(old.isGone).toBe(false);
    const known = new Promise(resolve => old.runChanged.connect(resolve));
    await known;
    expect(early.load).toHaveBeenCalledWith('r1');
    expect(old.run?.id).toBe('r1');
    old.dispose();
  });

  it('knows when nobody knows the run', async () => {
    const runs = new FakeRuns(undefined);
    const lost = new RunTabModel({ run: 'r1', runs, stream: new FakeStream() });
    const told = new Promise(resolve => lost.runChanged.connect(resolve));
    expect(lost.isGone).toBe(false);
    await told;
    expect(lost.isGone).toBe(true);
    lost.dispose();
  });

  it('acts through the manager', async () => {
    await model.stop();
    await model.pause();
    await model.resume();
    expect(runs.stop).toHaveBeenCalledWith('r1');
    expect(runs.pause).toHaveBeenCalledWith('r1');
    expect(runs.resume).toHaveBeenCalledWith('r1');
  });
});
