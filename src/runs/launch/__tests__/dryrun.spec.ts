import { PromiseDelegate } from '@lumino/coreutils';
import { testEmission } from '@jupyterlab/testing';
import { makeDryRun, makeForecast } from '../../../services/__tests__/fakes';
import type {
  DryRun,
  Failure,
  Forecast,
  NewRun
} from '../../../services/models';
import { DryRunModel, failuresOf } from '../dryrun';

const NEW: NewRun = {
  processor: { location: 'hep.py:Mass', arguments: { pt: 20 } },
  datasets: ['DY']
};

describe('DryRunModel', () => {
  let cancelled: string[];
  let model: DryRunModel;
  let replies: (DryRun | Error)[];
  let started: PromiseDelegate<DryRun>;

  beforeEach(() => {
    cancelled = [];
    replies = [];
    started = new PromiseDelegate<DryRun>();
    model = new DryRunModel({
      startDryRun: () => started.promise,
      dryRun: () => {
        const reply = replies.length > 1 ? replies.shift() : replies[0];
        return reply instanceof Error
          ? Promise.reject(reply)
          : Promise.resolve(reply ?? makeDryRun());
      },
      cancelDryRun: id => {
        cancelled.push(id);
        return Promise.resolve();
      }
    });
  });

  afterEach(() => {
    model.dispose();
  });

  it('follows a dry run to its forecast', async () => {
    const forecast = makeForecast();
    replies = [
      makeDryRun({ message: 'Trying.' }),
      makeDryRun({ state: 'done', message: 'Done.', forecast })
    ];
    const said: string[] = [];
    model.changed.connect(() => said.push(model.message));
    started.resolve(makeDryRun());
    await model.start(NEW);
    expect(said).toEqual(
      expect.arrayContaining(['Waiting for workers.', 'Trying.', 'Done.'])
    );
    expect(model.busy).toBe(false);
    expect(model.forecast).toEqual(forecast);
    expect(model.problem).toBeNull();
    expect(cancelled).toEqual([]);
  });

  it('says why there is no forecast', async () => {
    replies = [makeDryRun({ state: 'failed', message: 'No such module.' })];
    started.resolve(makeDryRun());
    await model.start(NEW);
    expect(model.problem).toBe('No such module.');

    started = new PromiseDelegate();
    started.reject(new Error('There is no dataset DY.'));
    await model.start(NEW);
    expect(model.problem).toBe('There is no dataset DY.');

    started = new PromiseDelegate();
    started.resolve(makeDryRun());
    replies = [new Error('The server does not answer.')];
    await model.start(NEW);
    expect(model.problem).toBe('The server does not answer.');
  });

  it('is cancelled while it runs, and shows nothing then', async () => {
    started.resolve(makeDryRun());
    const done = model.start(NEW);
    await testEmission(model.changed, {
      find: () => model.message !== '',
      test: () => model.cancel()
    });
    await done;
    expect(cancelled).toEqual(['try-1']);
    expect([model.busy, model.message, model.problem]).toEqual([
      false,
      '',
      null
    ]);
  });

  it('is cancelled before the server has answered', async () => {
    const done = model.start(NEW);
    model.cancel();
    started.resolve(makeDryRun());
    await done;
    expect(cancelled).toEqual(['try-1']);
  });

  it('is not left running when the dialog closes', async () => {
    started.resolve(makeDryRun());
    const done = model.start(NEW);
    await testEmission(model.changed, { find: () => model.message !== '' });
    model.dispose();
    await done;
    expect(cancelled).toEqual(['try-1']);
  });

  it('knows what it was about', async () => {
    replies = [makeDryRun({ state: 'done', forecast: makeForecast() })];
    started.resolve(makeDryRun());
    expect(model.isAbout(NEW)).toBe(false);
    await model.start({ ...NEW, name: 'a', chunksize: null });
    expect(model.isAbout({ ...NEW, note: 'b' })).toBe(true);
    expect(model.isAbout({ ...NEW, chunksize: 10 })).toBe(false);
    expect(model.isAbout({ ...NEW, datasets: ['TT'] })).toBe(false);
  });
});

describe('failuresOf', () => {
  it('lists what failed alike once', () => {
    const failure = (dataset: string, cause: string) =>
      ({ dataset, cause, traceback: '' }) as Failure;
    const dataset = (...failures: Failure[]) =>
      ({ failures }) as Forecast['datasets'][string];
    const found = failuresOf({
      ...makeForecast(),
      datasets: {
        DY: dataset(failure('DY', 'KeyError'), failure('DY', 'No file')),
        TT: dataset(failure('TT', 'KeyError'))
      }
    });
    expect(found.map(({ first, datasets }) => [first.cause, datasets])).toEqual(
      [
        ['KeyError', ['DY', 'TT']],
        ['No file', ['DY']]
      ]
    );
  });
});
