import {
  FakeEvents,
  FakeServer,
  makeDataset,
  makeSource
} from '../../services/__tests__/fakes';
import { DatasetManager } from '../manager';
import { DatasetSelection } from '../selection';

describe('DatasetManager and DatasetSelection', () => {
  let events: FakeEvents;
  let manager: DatasetManager;
  let server: FakeServer;

  const list = (...names: string[]) => {
    server.answer('GET casa/datasets', {
      datasets: names.map(name => makeDataset({ name })),
      sources: [makeSource()]
    });
  };

  const changed = () =>
    new Promise(resolve => {
      manager.changed.connect(resolve);
    });

  beforeEach(async () => {
    events = new FakeEvents();
    server = new FakeServer();
    list('DY', 'TT');
    manager = new DatasetManager({ events, serverSettings: server.settings });
    await manager.ready;
  });

  afterEach(() => {
    manager.dispose();
  });

  it('fetches the list again when the server says that it changed', async () => {
    list('DY');
    const change = changed();
    events.announce('datasets', {});
    await change;
    expect(manager.datasets.map(({ name }) => name)).toEqual(['DY']);
  });

  it('adds a source and shows its datasets', async () => {
    server.answer('POST casa/sources', makeSource({ id: 'mine' }), 201);
    list('DY', 'TT', 'Mine');
    await manager.addSource('mine/fileset.json');
    expect(server.requests[1].body).toEqual({ path: 'mine/fileset.json' });
    expect(manager.datasets).toHaveLength(3);
  });

  it("passes on the server's sentence when a source cannot be added", async () => {
    server.answer(
      'POST casa/sources',
      { message: 'There is no such file.' },
      404
    );
    await expect(manager.addSource('nowhere')).rejects.toThrow(
      'There is no such file.'
    );
  });

  it('removes a source', async () => {
    server.answer('DELETE casa/sources/sample', undefined, 204);
    list();
    await manager.removeSource('sample');
    expect(manager.datasets).toEqual([]);
  });

  it('keeps ticked datasets in the order of the list', () => {
    const selection = new DatasetSelection(manager);
    selection.set(['TT', 'DY'], true);
    expect(selection.datasets.map(({ name }) => name)).toEqual(['DY', 'TT']);
    selection.set(['DY'], false);
    expect(selection.has('DY')).toBe(false);
    selection.clear();
    expect(selection.datasets).toEqual([]);
  });

  it('unticks datasets that are gone', async () => {
    const selection = new DatasetSelection(manager);
    selection.set(['DY', 'TT'], true);
    list('DY');
    await manager.refresh();
    expect(selection.datasets.map(({ name }) => name)).toEqual(['DY']);
    expect(selection.has('TT')).toBe(false);
  });
});
