import { nullTranslator } from '@jupyterlab/translation';
import { act } from 'react';
import { ClusterManager } from '../../../clusters/manager';
import { DatasetManager } from '../../../datasets/manager';
import {
  FakeEvents,
  FakeServer,
  LOCAL,
  makeDataset,
  makeDryRun,
  makeForecast,
  makeRun,
  makeRunList,
  makeRunRequest,
  makeSource
} from '../../../services/__tests__/fakes';
import type { Parameter, Run } from '../../../services/models';
import { RunManager } from '../../manager';
import { launchRun } from '../dialog';
import type { LaunchModel } from '../model';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
// jsdom lays nothing out.
Element.prototype.scrollIntoView = () => undefined;

const LUMINOSITY: Parameter = {
  name: 'luminosity',
  kind: 'float',
  items: 'any',
  choices: [],
  optional: false,
  promised: true,
  required: false,
  default: 50,
  default_source: '50.0',
  description: 'In inverse picobarn.'
};

describe('launchRun', () => {
  let clusters: ClusterManager;
  let datasets: DatasetManager;
  let result: Promise<Run | null>;
  let runs: RunManager;
  let server: FakeServer;

  const find = <T extends Element>(selector: string): T => {
    const element = document.querySelector<T>(selector);
    if (!element) {
      throw new Error(`There is no ${selector}.`);
    }
    return element;
  };
  const button = () =>
    find<HTMLButtonElement>('.jp-Dialog button.jp-mod-accept');
  const missing = () => find('.casa-LaunchForm-missing').textContent;
  const settle = () => act(() => new Promise(process.nextTick));

  const type = (
    text: string,
    input = find<HTMLInputElement>('[role="combobox"]')
  ) =>
    act(async () => {
      // React listens to its own setter of the value.
      Object.getOwnPropertyDescriptor(
        HTMLInputElement.prototype,
        'value'
      )?.set?.call(input, text);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });

  const press = (key: string) =>
    act(async () => {
      find('[role="combobox"]').dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true })
      );
    });

  const click = (element: HTMLElement) =>
    act(async () => {
      element.click();
    });

  const open = async (occasion: Partial<LaunchModel.IOptions>) => {
    await act(async () => {
      result = launchRun({
        clusters,
        datasets,
        runs,
        settings: { chunksize: 5000, columnGigabytes: 2, failFast: false },
        trans: nullTranslator.load('casa-lab'),
        ...occasion
      });
      await new Promise(process.nextTick);
    });
    await settle();
  };

  beforeEach(async () => {
    server = new FakeServer();
    server.answer('GET casa/runs', makeRunList([]));
    server.answer('GET casa/clusters', { clusters: [] });
    server.answer('GET casa/profiles', { profiles: [LOCAL] });
    server.answer('GET casa/datasets', {
      datasets: [makeDataset(), makeDataset({ name: 'TT' })],
      sources: [makeSource()]
    });
    server.answer('GET casa/processors', {
      processors: ['Dimuon', 'Dijet'].map(name => ({
        location: `hep.py:${name}`,
        name,
        file: 'hep.py',
        summary: `Plots ${name}.`,
        schema_name: null,
        parameters: name === 'Dijet' ? [LUMINOSITY] : [],
        open_ended: false
      }))
    });
    const options = {
      events: new FakeEvents(),
      serverSettings: server.settings
    };
    clusters = new ClusterManager(options);
    datasets = new DatasetManager(options);
    runs = new RunManager(options);
    await Promise.all([clusters.ready, datasets.ready, runs.ready]);
    await open({ preselected: ['TT', 'gone'] });
  });

  afterEach(async () => {
    await act(async () => {
      document.querySelector<HTMLElement>('.jp-Dialog .jp-mod-reject')?.click();
    });
    [clusters, datasets, runs].forEach(manager => {
      manager.dispose();
    });
  });

  it('says what is missing, and lets nothing be launched until then', async () => {
    expect(missing()).toBe('Choose a processor.');
    expect(button().disabled).toBe(true);
    await type('dim');
    expect(button().disabled).toBe(true);
    await press('ArrowDown');
    expect(missing()).toBe('');
    expect(button().disabled).toBe(false);
    await click(find<HTMLElement>('.casa-Tick-all input'));
    await click(find<HTMLElement>('.casa-Tick-all input'));
    expect(missing()).toBe('Choose at least one dataset.');
    expect(button().disabled).toBe(true);
  });

  it('launches what was chosen, and closes', async () => {
    server.answer('POST casa/runs', makeRun(), 202);
    await type('dijet');
    await press('ArrowDown');
    await click(button());
    await expect(result).resolves.toEqual(makeRun());
    expect(document.querySelector('.jp-Dialog')).toBeNull();
    const posted = server.requests.find(
      ({ call }) => call === 'POST casa/runs'
    );
    expect(posted?.body).toEqual({
      processor: { location: 'hep.py:Dijet', arguments: {} },
      datasets: ['TT'],
      cluster: null,
      profile: 'local',
      schema_name: null,
      chunksize: 5000,
      maxchunks: null,
      column_bytes: 2_000_000_000,
      fail_fast: false,
      name: null,
      tags: [],
      note: ''
    });
  });

  it('asks for the arguments, and says which one is wrong', async () => {
    await type('dijet');
    await press('ArrowDown');
    const field = () => find<HTMLInputElement>('[data-argument] input');
    expect(field().value).toBe('50.0');
    await type('high', field());
    expect(find('.casa-Argument-problem').textContent).toBe(missing());
    expect(missing()).toBe('Type a number for "luminosity".');
    expect(button().disabled).toBe(true);
    await type('59.7', field());
    expect(button().disabled).toBe(false);

    // Another processor and back: nothing typed is lost.
    await press('ArrowUp');
    await type('');
    await press('ArrowDown');
    expect(document.querySelector('[data-argument]')).toBeNull();
    await press('ArrowDown');
    expect(field().value).toBe('59.7');

    server.answer('POST casa/runs', makeRun(), 202);
    await click(button());
    await expect(result).resolves.toEqual(makeRun());
    expect(server.requests.at(-1)?.body).toMatchObject({
      processor: { location: 'hep.py:Dijet', arguments: { luminosity: 59.7 } }
    });
  });

  it('goes back to the default of an argument', async () => {
    await type('dijet');
    await press('ArrowDown');
    const field = () => find<HTMLInputElement>('[data-argument] input');
    await type('3', field());
    await click(find<HTMLElement>('[data-argument] button'));
    expect(field().value).toBe('50.0');
    expect(document.querySelector('[data-argument] button')).toBeNull();
  });

  it("shows the server's refusal in place, and loses nothing", async () => {
    const sentence = 'mine.py has no class Foo. Check its name.';
    server.answer('POST casa/runs', { message: sentence }, 400);
    await type('mine.py:Foo');
    await click(button());
    await settle();
    expect(find('.casa-Problem').textContent).toContain(sentence);
    expect(find<HTMLInputElement>('[role="combobox"]').value).toBe(
      'mine.py:Foo'
    );
    expect(button().disabled).toBe(false);

    server.answer('POST casa/runs', makeRun(), 202);
    await press('Enter');
    await expect(result).resolves.toEqual(makeRun());
  });

  it('tries the run first, and takes over the chunk size', async () => {
    const forecast = makeForecast({ warnings: ['Use a larger cluster.'] });
    const done = makeDryRun({ state: 'done', forecast });
    server.answer('POST casa/dry-runs', done, 202);
    const [, tryOut] = document.querySelectorAll<HTMLButtonElement>(
      '.jp-Dialog-footer button'
    );
    expect(tryOut.disabled).toBe(true);
    await type('dimuon');
    await press('ArrowDown');
    await click(tryOut);
    await settle();
    await act(() => new Promise(process.nextTick));
    const shown = find('.casa-DryRun');
    expect(shown.textContent).toContain('About 1 min 30 s on 2 workers');
    expect(shown.textContent).toContain('Use a larger cluster.');
    expect(document.querySelector('.casa-DryRun-stale')).toBeNull();
    await click(find<HTMLElement>('.casa-DryRun-advice button'));
    expect(document.querySelector('.casa-DryRun-stale')).not.toBeNull();
    await click(find<HTMLElement>('.jp-Dialog .jp-mod-reject'));

    const posted = server.requests.find(
      ({ call }) => call === 'POST casa/dry-runs'
    );
    expect(posted?.body).toMatchObject({
      processor: { location: 'hep.py:Dimuon' },
      datasets: ['TT'],
      chunksize: 5000
    });
  });

  it('launches an earlier run with changes', async () => {
    await click(find<HTMLElement>('.jp-Dialog .jp-mod-reject'));
    const luminosity = { luminosity: 59.7 };
    const asked = makeRunRequest();
    const processor = {
      location: '/runs/1/processor/hep.py:Dijet',
      name: 'Dijet',
      file: 'hep.py',
      summary: '',
      schema_name: null,
      parameters: [LUMINOSITY],
      open_ended: false
    };
    await open({
      past: {
        ...asked,
        new: {
          ...asked.new,
          processor: { location: processor.location, arguments: luminosity },
          datasets: ['Gone'],
          note: 'first'
        },
        processor,
        is_current: false,
        datasets: [{ dataset: 'Gone', files: 1, events: 3, is_current: false }]
      }
    });
    expect(find('.jp-Dialog-header').textContent).toBe(
      'Run Again with Changes'
    );
    const field = () => find<HTMLInputElement>('[data-argument] input');
    expect(field().value).toBe('59.7');
    expect(find('[aria-selected="true"]').textContent).toContain('Dijet');
    expect(find('.casa-ProcessorPicker').textContent).toContain(
      'as it was in that run'
    );
    expect(find('.casa-DatasetPicker').textContent).toContain(
      'files of that run'
    );
    expect(find<HTMLTextAreaElement>('textarea').value).toBe('first');

    // The code as it is now takes the same arguments over.
    await press('ArrowDown');
    await press('ArrowDown');
    expect(field().value).toBe('59.7');
    await type('60', field());
    server.answer('POST casa/runs', makeRun(), 202);
    await click(button());
    await expect(result).resolves.toEqual(makeRun());
    expect(server.requests.at(-1)?.body).toMatchObject({
      processor: { location: 'hep.py:Dijet', arguments: { luminosity: 60 } },
      datasets: ['Gone'],
      origin: { run: 'run-1', datasets: ['Gone'] },
      schema_name: 'NanoAODSchema',
      name: 'Dimuon',
      note: 'first'
    });
  });

  it('takes over what an earlier run counted, with the files there are now', async () => {
    await click(find<HTMLElement>('.jp-Dialog .jp-mod-reject'));
    const asked = makeRunRequest();
    const datasets = [
      { dataset: 'TT', files: 1, events: 3, is_current: false }
    ];
    const past = {
      ...asked,
      new: { ...asked.new, datasets: ['TT'] },
      datasets
    };
    await open({ past });
    const tick = (text: string) =>
      [...document.querySelectorAll('.casa-Tick')]
        .find(({ textContent }) => textContent?.startsWith(text))!
        .querySelector('input')!;
    const onlyNew = tick('Process only what is new');
    const asBefore = tick('Files as they were in that run');
    expect([onlyNew.checked, asBefore.checked]).toEqual([false, true]);
    await click(onlyNew);
    expect([onlyNew.checked, asBefore.checked]).toEqual([true, false]);
    // Nothing is new in the files that were there.
    await click(asBefore);
    expect([onlyNew.checked, asBefore.checked]).toEqual([false, true]);
    await click(onlyNew);
    server.answer('POST casa/runs', makeRun(), 202);
    await click(button());
    await result;
    expect(server.requests.at(-1)?.body).toMatchObject({
      continues: 'run-1',
      datasets: ['TT'],
      origin: { run: 'run-1', datasets: [] }
    });
  });

  it('says that the file that the user came from has no processor', async () => {
    await click(find<HTMLElement>('.jp-Dialog .jp-mod-reject'));
    server.answer('GET casa/processors', { processors: [] });
    await open({ file: 'empty.py' });
    expect(find('.casa-Problem').textContent).toContain(
      'No processor was found in empty.py'
    );
  });

  it('chooses the only processor of the file that the user came from', async () => {
    await click(find<HTMLElement>('.jp-Dialog .jp-mod-reject'));
    const [only] = await runs.processors();
    server.answer('GET casa/processors', { processors: [only] });
    await open({ file: 'hep.py', preselected: ['TT'] });
    expect(missing()).toBe('');
    expect(find('[aria-selected="true"]').textContent).toContain('Dimuon');
  });

  it('gives nothing when it is cancelled', async () => {
    await click(find<HTMLElement>('.jp-Dialog .jp-mod-reject'));
    await expect(result).resolves.toBeNull();
    expect(server.calls()).not.toContain('POST casa/runs');
  });
});
