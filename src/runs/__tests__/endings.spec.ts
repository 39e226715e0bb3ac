import {
  FakeEvents,
  FakeServer,
  makeRun,
  makeRunList
} from '../../services/__tests__/fakes';
import { RunEndings } from '../endings';
import { RunManager } from '../manager';

describe('RunEndings', () => {
  it('tells each end once, and none of runs that had ended before', async () => {
    const events = new FakeEvents();
    const server = new FakeServer();
    server.answer(
      'GET casa/runs',
      makeRunList([makeRun({ id: 'old', state: 'done' }), makeRun()])
    );
    const manager = new RunManager({ events, serverSettings: server.settings });
    const ended: string[] = [];
    new RunEndings(manager).ended.connect((_, run) => {
      ended.push(`${run.id} ${run.state}`);
    });
    await manager.ready;
    const announce = (updated: number, change: object) => {
      events.announce('run', { run: makeRun({ updated, ...change }) });
    };
    announce(2, { state: 'finishing' });
    expect(ended).toEqual([]);
    announce(3, { state: 'done' });
    announce(4, { state: 'done', message: 'Done, really.' });
    expect(ended).toEqual(['run-1 done']);
    announce(5, { state: 'queued' });
    announce(6, { state: 'failed' });
    expect(ended).toEqual(['run-1 done', 'run-1 failed']);
    manager.dispose();
  });
});
