import { FakeRuns, makeFile, makeRun } from '../testing';
import { FilesModel } from './model';

describe('FilesModel', () => {
  let runs: FakeRuns;
  let model: FilesModel;

  const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(5_000);

  beforeEach(() => {
    jest.useFakeTimers();
    runs = new FakeRuns(makeRun());
    model = new FilesModel({ run: 'r1', runs });
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  it('lists nothing before anything is chosen', async () => {
    model.tiles.refresh();
    await settle();
    expect(runs.tiles).toHaveBeenCalledTimes(1);
    expect(runs.files).not.toHaveBeenCalled();
  });

  it('lists the files of a tile, and again when they may have changed', async () => {
    model.choose({ dataset: 'ttbar', first: 50, last: 99 });
    await settle();
    expect(runs.files).toHaveBeenLastCalledWith('r1', {
      dataset: 'ttbar',
      first: 50,
      last: 99,
      offset: 0,
      limit: 50
    });
    expect(model.page?.total).toBe(1);
    model.tiles.refresh();
    await settle();
    expect(runs.files).toHaveBeenCalledTimes(2);
    model.choose(null);
    model.tiles.refresh();
    await settle();
    expect(runs.files).toHaveBeenCalledTimes(2);
    expect(model.page).toBeNull();
  });

  it('turns pages', async () => {
    runs.files.mockResolvedValue({ files: [makeFile()], total: 120 });
    model.choose({ state: 'failed' });
    await settle();
    expect([model.hasPrevious, model.hasNext]).toEqual([false, true]);
    model.turn(1);
    await settle();
    model.turn(1);
    await settle();
    expect(runs.files.mock.lastCall?.[1]).toMatchObject({ offset: 100 });
    expect([model.hasPrevious, model.hasNext]).toEqual([true, false]);
    model.turn(-1);
    await settle();
    expect(model.offset).toBe(50);
  });

  it('goes back to the last page when there are fewer files', async () => {
    runs.files.mockImplementation(async (_, { offset }) => ({
      files: Array.from({ length: offset === 0 ? 30 : 0 }, () => makeFile()),
      total: 30
    }));
    runs.files.mockResolvedValueOnce({ files: [makeFile()], total: 70 });
    runs.files.mockResolvedValueOnce({ files: [makeFile()], total: 70 });
    model.choose({ state: 'running' });
    await settle();
    model.turn(1);
    await settle();
    expect(model.offset).toBe(50);
    model.tiles.refresh();
    await settle();
    expect(model.offset).toBe(0);
    expect(model.page?.files).toHaveLength(30);
  });

  it('shows the last choice, however late an answer to another comes', async () => {
    let answer: (page: { files: never[]; total: number }) => void = () =>
      undefined;
    runs.files.mockReturnValueOnce(
      new Promise(resolve => {
        answer = resolve;
      })
    );
    model.choose({ state: 'slow' });
    model.choose({ state: 'failed' });
    await settle();
    answer({ files: [], total: 0 });
    await settle();
    expect(model.page?.files).toHaveLength(1);
  });

  it('says why files cannot be listed', async () => {
    runs.files.mockRejectedValueOnce(new Error('There is no such run.'));
    model.choose({ state: 'failed' });
    await settle();
    expect(model.problem).toBe('There is no such run.');
  });
});
