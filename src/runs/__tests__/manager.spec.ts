import {
  FakeEvents,
  FakeServer,
  makeRun,
  makeRunList
} from '../../services/__tests__/fakes';
import { RunManager } from '../manager';
import { makeChanges, makeDetails } from '../tab/testing';

describe('RunManager', () => {
  let events: FakeEvents;
  let manager: RunManager;
  let server: FakeServer;
  let changes: number;

  const start = () => {
    manager = new RunManager({ events, serverSettings: server.settings });
    changes = 0;
    manager.changed.connect(() => {
      changes += 1;
    });
  };

  beforeEach(() => {
    events = new FakeEvents();
    server = new FakeServer();
    server.answer('GET casa/runs', makeRunList([makeRun()]));
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });

  afterEach(() => {
    jest.useRealTimers();
    manager.dispose();
    jest.restoreAllMocks();
  });

  it('fetches the runs at once', async () => {
    start();
    expect(manager.isReady).toBe(false);
    await manager.ready;
    expect(manager.runs).toEqual([makeRun()]);
    expect(manager.get('run-1')).toBe(manager.runs[0]);
    expect(changes).toBe(1);
  });

  it('emits only when something really changed', async () => {
    start();
    await manager.ready;
    await manager.refresh();
    events.announce('run', { run: makeRun({ updated: 2 }) });
    expect(changes).toBe(1);
    events.announce('run', { run: makeRun({ state: 'done', updated: 3 }) });
    expect(changes).toBe(2);
    expect(manager.runs[0].state).toBe('done');
  });

  it('takes in new and deleted runs from events, without a request', async () => {
    start();
    await manager.ready;
    events.announce('run', { run: makeRun({ id: 'run-2', created: 2 }) });
    expect(manager.runs.map(({ id }) => id)).toEqual(['run-2', 'run-1']);
    events.announce('run', { deleted: 'run-1' });
    expect(manager.runs.map(({ id }) => id)).toEqual(['run-2']);
    expect(server.calls()).toEqual(['GET casa/runs']);
  });

  it('leaves the events of other nouns alone', async () => {
    start();
    await manager.ready;
    events.announce('cluster', { deleted: 'run-1' });
    expect(manager.runs).toHaveLength(1);
  });

  it('does not let a list that was asked for earlier undo an event', async () => {
    const list = server.hold('GET casa/runs');
    start();
    await list.asked;
    events.announce('run', { run: makeRun({ state: 'done', updated: 2 }) });
    list.give(makeRunList([makeRun()]));
    await manager.ready;
    expect(manager.runs[0].state).toBe('done');
  });

  it('asks again after an event that it does not understand', async () => {
    start();
    await manager.ready;
    server.answer('GET casa/runs', makeRunList([]));
    const changed = new Promise(resolve => {
      manager.changed.connect(resolve);
    });
    events.announce('run', { run: { id: 'run-1' } });
    await changed;
    expect(manager.runs).toEqual([]);
  });

  it('keeps the runs and tells the problem while the server is away', async () => {
    start();
    await manager.ready;
    server.breakDown('GET casa/runs');
    await manager.refresh();
    expect(manager.problem).toContain('does not answer');
    expect(manager.runs).toHaveLength(1);
    expect(changes).toBe(2);
    server.answer('GET casa/runs', makeRunList([makeRun()]));
    await manager.refresh();
    expect(manager.problem).toBeNull();
    expect(changes).toBe(3);
  });

  it('asks again as soon as any event tells that the server is back', async () => {
    start();
    await manager.ready;
    server.breakDown('GET casa/runs');
    await manager.refresh();
    server.answer('GET casa/runs', makeRunList([]));
    const changed = new Promise(resolve => {
      manager.changed.connect(resolve);
    });
    events.announce('datasets', {});
    await changed;
    expect(manager.problem).toBeNull();
    expect(manager.runs).toEqual([]);
  });

  it('shows a launched run before its event arrives', async () => {
    start();
    await manager.ready;
    server.answer('POST casa/runs', makeRun({ id: 'run-2', created: 2 }), 202);
    const launched = await manager.launch({
      processor: { location: 'a.py:A' },
      datasets: ['DY']
    });
    expect(manager.runs[0]).toEqual(launched);
  });

  it.each(['stop', 'pause', 'resume', 'rerun'] as const)(
    'can %s a run',
    async action => {
      start();
      await manager.ready;
      const reply = makeRun({ message: action, updated: 2 });
      server.answer(`POST casa/runs/run-1/${action}`, reply, 202);
      await manager[action]('run-1');
      expect(manager.get('run-1')).toEqual(reply);
    }
  );

  it.each(['retry', 'accept'] as const)(
    'can %s failures of a run',
    async action => {
      start();
      await manager.ready;
      const reply = makeRun({ message: action, updated: 2 });
      server.answer(`POST casa/runs/run-1/${action}`, reply, 202);
      await manager[action]('run-1', { groups: ['g1'] });
      expect(manager.get('run-1')).toEqual(reply);
      expect(server.requests.at(-1)?.body).toEqual({ groups: ['g1'] });
    }
  );

  it('keeps older runs that are not on the newest page', async () => {
    const old = makeRun({ id: 'old', created: 0, state: 'done' });
    start();
    await manager.ready;
    server.answer('GET casa/runs/old', old);
    await manager.load('old');
    server.answer('GET casa/runs', makeRunList([makeRun()], { next: '1~x' }));
    await manager.refresh();
    expect(manager.get('old')).toEqual(old);
    server.answer('GET casa/runs', makeRunList([makeRun()]));
    await manager.refresh();
    expect(manager.get('old')).toBeUndefined();
  });

  it('asks again for active runs that are not on the newest page', async () => {
    start();
    await manager.ready;
    server.answer('GET casa/runs/run-1', makeRun({ state: 'done' }));
    const newer = makeRun({ id: 'run-2', created: 2, state: 'done' });
    server.answer('GET casa/runs', makeRunList([newer], { next: '2~run-2' }));
    await manager.refresh();
    expect(manager.get('run-1')?.state).toBe('done');
  });

  it('labels and compares runs', async () => {
    start();
    await manager.ready;
    const labelled = makeRun({ tags: ['a'], updated: 2 });
    server.answer('PATCH casa/runs/run-1', labelled);
    await manager.label('run-1', { tags: ['a'] });
    expect(server.requests.at(-1)?.body).toEqual({ tags: ['a'] });
    expect(manager.get('run-1')).toEqual(labelled);
    server.answer('GET casa/runs/run-1/changes', makeChanges());
    expect(await manager.changes('run-1', 'a b')).toEqual(makeChanges());
    server.answer('GET casa/runs/run-1/details', makeDetails());
    expect(await manager.details('run-1')).toEqual(makeDetails());
    expect(manager.exportUrl('a/b')).toMatch(/casa\/runs\/a%2Fb\/export$/);
  });

  it('tells when another run is the reference', async () => {
    start();
    await manager.ready;
    manager.reference = 'run-1';
    manager.reference = 'run-1';
    expect(changes).toBe(2);
  });

  it('asks for nothing while all is quiet, but for a look now and then', async () => {
    jest.useFakeTimers();
    server.answer('GET casa/runs', makeRunList([makeRun({ state: 'done' })]));
    start();
    await jest.advanceTimersByTimeAsync(240_000);
    expect(server.calls()).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(90_000);
    expect(server.calls()).toHaveLength(2);
  });

  it('asks about what goes on only when there is no news of it', async () => {
    jest.useFakeTimers();
    start();
    for (let updated = 2; updated < 20; updated++) {
      await jest.advanceTimersByTimeAsync(10_000);
      events.announce('run', { run: makeRun({ updated }) });
    }
    expect(server.calls()).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(70_000);
    expect(server.calls().length).toBeGreaterThan(1);
  });

  it('asks for nothing while the page is hidden', async () => {
    jest.useFakeTimers();
    start();
    await jest.advanceTimersByTimeAsync(0);
    const hidden = jest
      .spyOn(document, 'visibilityState', 'get')
      .mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(server.calls()).toHaveLength(1);
    hidden.mockRestore();
    document.dispatchEvent(new Event('visibilitychange'));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(server.calls().length).toBeGreaterThan(1);
  });

  it('forgets a deleted run', async () => {
    start();
    await manager.ready;
    server.answer('DELETE casa/runs/run-1', undefined, 204);
    await manager.delete('run-1');
    expect(manager.runs).toEqual([]);
  });

  it('says no more once disposed', async () => {
    start();
    await manager.ready;
    manager.dispose();
    events.announce('run', { deleted: 'run-1' });
    expect(manager.runs).toHaveLength(1);
  });
});
