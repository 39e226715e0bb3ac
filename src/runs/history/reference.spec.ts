import type { IStateDB } from '@jupyterlab/statedb';
import { StateDB } from '@jupyterlab/statedb';
import { PinnedRun } from '../../histograms';
import {
  FakeEvents,
  FakeServer,
  makeRun,
  makeRunList
} from '../../services/__tests__/fakes';
import { RunManager } from '../manager';
import { keepReference, sharePin } from './reference';

const KEY = 'casa-lab:reference-run';

describe('The reference run', () => {
  let events: FakeEvents;
  let runs: RunManager;
  let server: FakeServer;
  let state: IStateDB;

  beforeEach(() => {
    events = new FakeEvents();
    server = new FakeServer();
    server.answer('GET casa/runs', makeRunList([makeRun()]));
    runs = new RunManager({ events, serverSettings: server.settings });
    state = new StateDB();
  });

  afterEach(() => runs.dispose());

  it('is kept beyond a reload', async () => {
    await keepReference(runs, state);
    runs.reference = 'run-1';
    expect(await state.fetch(KEY)).toBe('run-1');

    const again = new RunManager({ events, serverSettings: server.settings });
    await keepReference(again, state);
    expect(again.reference).toBe('run-1');
    again.reference = null;
    expect(await state.fetch(KEY)).toBeUndefined();
    again.dispose();
  });

  it('is asked for when it is older than those that are known', async () => {
    await state.save(KEY, 'old');
    server.answer('GET casa/runs/old', makeRun({ id: 'old', name: 'Old' }));
    await keepReference(runs, state);
    expect(runs.get(runs.reference ?? '')?.name).toBe('Old');
  });

  it('is forgotten when the run is no more', async () => {
    await state.save(KEY, 'gone');
    await keepReference(runs, state);
    expect(runs.reference).toBeNull();
    runs.reference = 'run-1';
    events.announce('run', { deleted: 'run-1' });
    expect(runs.reference).toBeNull();
    expect(await state.fetch(KEY)).toBeUndefined();
  });

  it('is the same beside histograms and in the list', async () => {
    await runs.ready;
    const pin = new PinnedRun();
    sharePin(pin, runs);
    pin.value = { id: 'run-1', name: 'Dimuon' };
    expect(runs.reference).toBe('run-1');
    runs.reference = null;
    expect(pin.value).toBeNull();
    runs.reference = 'run-1';
    expect(pin.value).toEqual({ id: 'run-1', name: 'Dimuon' });
  });
});
