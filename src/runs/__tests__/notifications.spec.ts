import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { ICasaSettings } from '../../settings';
import { notificationsPlugin } from '../notifications';
import { FakeRuns, makeProgress, makeRun } from '../tab/testing';

describe('notificationsPlugin', () => {
  let runs: FakeRuns;

  const start = (notifications: ICasaSettings['notifications']): void => {
    runs = new FakeRuns(makeRun());
    const app = { commands: {} } as JupyterFrontEnd;
    void notificationsPlugin.activate(app, runs, { notifications }, null);
  };
  const shown = (): string[] =>
    Notification.manager.notifications.map(({ message }) => message);
  const fail = (): void =>
    runs.change({ progress: makeProgress({ chunks_failed: 1 }) });

  afterEach(() => Notification.manager.dismiss());

  it('tells of an end, and leaves what others tell alone', () => {
    Notification.info('Of another extension.');
    start('all');
    runs.change({ state: 'done' });
    expect(shown()).toEqual([
      'Dimuon mass: 500 events in 5.0 s.',
      'Of another extension.'
    ]);
  });

  it('has one notification of a run: what it said before is no news', () => {
    start('all');
    fail();
    expect(shown()).toEqual([expect.stringContaining('goes on')]);
    runs.change({ state: 'failed', message: 'The cluster is gone.' });
    expect(shown()).toEqual(['Dimuon mass: The cluster is gone.']);
  });

  it('tells what the user wants to know', () => {
    start('failures');
    runs.change({ state: 'done', progress: makeProgress() });
    expect(shown()).toEqual([]);
    start('none');
    fail();
    runs.change({ state: 'failed' });
    expect(shown()).toEqual([]);
  });

  it('is silent when the user stopped the run', () => {
    start('all');
    fail();
    runs.change({ state: 'stopped' });
    expect(shown()).toEqual([]);
  });
});
