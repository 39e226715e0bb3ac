import {
  FakeEvents,
  FakeServer,
  makeRun,
  makeRunList
} from '../../services/__tests__/fakes';
import { RunManager } from '../manager';
import { RunListModel } from './model';

describe('RunListModel', () => {
  let events: FakeEvents;
  let manager: RunManager;
  let model: RunListModel;
  let server: FakeServer;

  const many = (...numbers: number[]) =>
    numbers.map(created => makeRun({ id: `run-${created}`, created }));
  const ids = () => model.rows.map(({ id }) => id);
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) {
      await new Promise(resolve => {
        model.changed.connect(function once() {
          model.changed.disconnect(once);
          resolve(undefined);
        });
      });
    }
  };

  beforeEach(async () => {
    events = new FakeEvents();
    server = new FakeServer();
    server.answer(
      'GET casa/runs',
      makeRunList(many(9, 8), { next: '8~run-8', total: 4 })
    );
    manager = new RunManager({ events, serverSettings: server.settings });
    model = new RunListModel({ runs: manager, typing: 0 });
    await manager.ready;
    await until(() => !model.isBusy);
  });

  afterEach(() => {
    model.dispose();
    manager.dispose();
  });

  it('shows a page, and older runs when they are asked for', async () => {
    expect(ids()).toEqual(['run-9', 'run-8']);
    expect([model.hasMore, model.total]).toEqual([true, 4]);
    server.answer('GET casa/runs', makeRunList(many(7, 6), { total: 4 }));
    await model.loadMore();
    expect(ids()).toEqual(['run-9', 'run-8', 'run-7', 'run-6']);
    expect([model.hasMore, model.total]).toEqual([false, 4]);
    await model.loadMore();
    expect(server.calls()).toHaveLength(3);
  });

  it('takes in what is announced, but nothing out of turn', () => {
    events.announce('run', { run: makeRun({ id: 'run-10', created: 10 }) });
    events.announce('run', { run: makeRun({ id: 'run-1', created: 1 }) });
    expect(ids()).toEqual(['run-10', 'run-9', 'run-8']);
    events.announce('run', { deleted: 'run-9' });
    expect(ids()).toEqual(['run-10', 'run-8']);
  });

  it('asks the server for what the user wants to see', async () => {
    const [tagged] = many(2);
    server.answer('GET casa/runs', makeRunList([{ ...tagged, tags: ['a'] }]));
    model.setFilter({ tag: 'a' });
    expect(ids()).toEqual([]);
    await until(() => !model.isBusy);
    expect(ids()).toEqual(['run-2']);
    expect(model.tags).toContain('a');
  });

  it('shows what it knows while the user types', async () => {
    const reply = server.hold('GET casa/runs');
    model.setFilter({ search: 'RUN-9' });
    expect(ids()).toEqual(['run-9']);
    await reply.asked;
    reply.give(makeRunList(many(9)));
    await until(() => !model.isBusy);
    expect(ids()).toEqual(['run-9']);
  });

  it('forgets a reply to what nobody wants to know any more', async () => {
    const reply = server.hold('GET casa/runs');
    model.setFilter({ state: 'failed' });
    await reply.asked;
    server.answer('GET casa/runs', makeRunList(many(9)));
    model.setFilter({ state: null });
    await until(() => !model.isBusy);
    reply.give(makeRunList([], { next: '3~run-3', total: 100 }));
    await new Promise(resolve => setTimeout(resolve));
    expect([model.hasMore, model.total]).toEqual([false, 2]);
  });

  it('hides a run that is archived, and offers to see it', () => {
    expect(model.hasArchived).toBe(false);
    const [run] = many(9);
    events.announce('run', { run: { ...run, archived: true, updated: 2 } });
    expect(ids()).toEqual(['run-8']);
    expect(model.hasArchived).toBe(true);
  });

  it('says why runs cannot be had, and asks again when that is over', async () => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    server.breakDown('GET casa/runs');
    model.setFilter({ archived: true });
    await until(() => !model.isBusy);
    expect(model.problem).toContain('does not answer');
    server.answer('GET casa/runs', makeRunList([]));
    events.announce('run', { run: makeRun({ id: 'run-11', created: 11 }) });
    await until(() => !model.isBusy);
    expect(model.problem).toBeNull();
    jest.restoreAllMocks();
  });
});
