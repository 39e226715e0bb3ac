import { FakeStream, makeHistogram } from '../../histograms/testing';
import { FakeRuns, makeChanges, makeRun } from '../tab/testing';
import { CompareModel } from './model';

describe('CompareModel', () => {
  let model: CompareModel;
  let runs: FakeRuns;
  let stream: FakeStream;

  const settle = () => new Promise(resolve => setTimeout(resolve));
  const compared = () => model.tab.histograms.map(({ view }) => view?.runs);

  beforeEach(() => {
    const fields = { histograms_sequence: 1, state: 'done' as const };
    runs = new FakeRuns(makeRun({ ...fields, id: 'new' }));
    runs.others = [makeRun({ ...fields, id: 'old' })];
    runs.histograms.mockResolvedValue({
      sequence: 1,
      histograms: [makeHistogram()]
    });
    stream = new FakeStream();
    model = new CompareModel({ runs: ['old', 'new'], manager: runs, stream });
  });

  afterEach(() => model.dispose());

  it('fetches nothing while nobody sees it', async () => {
    runs.change({ name: 'Renamed' });
    await settle();
    expect(runs.changes).not.toHaveBeenCalled();
    expect(runs.histograms).not.toHaveBeenCalled();
  });

  it('draws the others over the reference, with the ratio', async () => {
    model.isVisible = true;
    await settle();
    expect(model.tab.id).toBe('old');
    expect(model.tab.histograms[0].view).toMatchObject({
      runs: ['new'],
      panel: 'ratio',
      stack: null,
      y: null
    });
    expect(runs.changes.mock.calls).toEqual([['new', 'old']]);
    expect(model.changes.get('new')?.value).toEqual(makeChanges());
  });

  it('compares with another reference, and leaves the old one', async () => {
    model.isVisible = true;
    await settle();
    const { tab } = model;
    model.reference = 'new';
    await settle();
    expect([model.reference, model.others]).toEqual(['new', ['old']]);
    expect([tab.isDisposed, model.isVisible]).toEqual([true, true]);
    expect(compared()).toEqual([['old']]);
    expect(runs.changes).toHaveBeenLastCalledWith('old', 'new');
    model.reference = 'another';
    expect(model.reference).toBe('new');
  });

  it('compares again when a run has gone on', async () => {
    model.isVisible = true;
    await settle();
    const changes = [...model.changes.values()][0];
    const refresh = jest.spyOn(changes, 'refresh');
    runs.change({ message: 'Nothing new.' });
    expect(refresh).not.toHaveBeenCalled();
    runs.change({ reports_sequence: 7 });
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('asks for runs that nobody knows', async () => {
    const other = new CompareModel({
      runs: ['new', 'ancient'],
      manager: runs,
      stream
    });
    await settle();
    expect(runs.load).toHaveBeenCalledWith('ancient');
    expect(other.run('ancient')).toBeUndefined();
    other.dispose();
  });
});
