import {
  type IRenderMimeRegistry,
  MimeModel,
  RenderMimeRegistry,
  standardRendererFactories
} from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import { act } from 'react';
import {
  FakeStream,
  encodeFrame,
  makeFrame,
  makeHistogram,
  makeRow
} from '../histograms/testing';
import { trans } from '../runs/tab/harness';
import { RunTabModel } from '../runs/tab/model';
import { FakeRuns, makeProgress, makeRun } from '../runs/tab/testing';
import { HistogramOutput } from './histogramoutput';
import { LazyOutput } from './output';
import { RunOutput } from './runoutput';

const TYPE = 'application/x-casa';

/** Tells at once whether elements are on screen, as the test decides. */
class Screen implements IntersectionObserver {
  static isOnScreen = true;
  static observers = new Set<Screen>();

  constructor(private readonly _callback: IntersectionObserverCallback) {}

  readonly root = null;
  readonly rootMargin = '';
  readonly scrollMargin = '';
  readonly thresholds = [];

  static scroll(isOnScreen: boolean): void {
    Screen.isOnScreen = isOnScreen;
    Screen.observers.forEach(observer => observer.tell());
  }

  tell(): void {
    const entry = { isIntersecting: Screen.isOnScreen };
    this._callback([entry as IntersectionObserverEntry], this);
  }

  observe(): void {
    Screen.observers.add(this);
    this.tell();
  }

  disconnect(): void {
    Screen.observers.delete(this);
  }

  unobserve(): void {
    this.disconnect();
  }

  takeRecords(): IntersectionObserverEntry[] {
    return [];
  }
}

const rendermime: IRenderMimeRegistry = new RenderMimeRegistry({
  initialFactories: standardRendererFactories
});

let host: HTMLElement;
let shown: Widget[];

beforeEach(() => {
  Object.assign(globalThis, {
    IS_REACT_ACT_ENVIRONMENT: true,
    IntersectionObserver: Screen,
    ResizeObserver: class {
      observe = (): void => undefined;
      disconnect = (): void => undefined;
    }
  });
  Screen.isOnScreen = true;
  host = document.body.appendChild(document.createElement('div'));
  shown = [];
});

afterEach(async () => {
  await act(async () => shown.forEach(widget => widget.dispose()));
  host.remove();
  jest.restoreAllMocks();
});

async function attach(widget: Widget): Promise<void> {
  shown.push(widget);
  await act(async () => Widget.attach(widget, host));
}

/** What a notebook holds: the payload, and text for where Casa is not. */
function output(payload: unknown, others: object = {}): MimeModel {
  return new MimeModel({
    data: { [TYPE]: payload as never, 'text/plain': 'as text', ...others }
  });
}

describe('RunOutput', () => {
  let runs: FakeRuns;
  let stream: FakeStream;
  let models: RunTabModel[];
  const openTab = jest.fn();

  const make = (): RunOutput =>
    new RunOutput({
      mimeType: TYPE,
      createModel: run => {
        const model = new RunTabModel({ run, runs, stream });
        models.push(model);
        return model;
      },
      openTab,
      rendermime,
      trans
    });

  const render = (
    widget: RunOutput,
    payload: unknown,
    others?: object
  ): Promise<void> =>
    act(async () => widget.renderModel(output(payload, others)));

  beforeEach(() => {
    runs = new FakeRuns(makeRun({ histograms_sequence: 1 }));
    runs.histograms.mockResolvedValue({
      sequence: 1,
      histograms: [makeHistogram()]
    });
    stream = new FakeStream();
    models = [];
    openTab.mockClear();
  });

  it('shows the run as it is now, and how it goes on', async () => {
    const widget = make();
    await attach(widget);
    await render(widget, { run: 'r1', name: 'Old name' });
    expect(host.querySelector('h3')?.textContent).toBe('Dimuon mass');
    expect(host.textContent).toContain('500 of 1,000 events');
    expect(host.textContent).not.toContain('as text');
    expect(stream.watched.length).toBeGreaterThan(0);
    await act(async () =>
      runs.change({
        state: 'done',
        progress: makeProgress({ events_done: 1_000, chunks_failed: 2 })
      })
    );
    expect(host.querySelector('[role=status]')?.textContent).toBe('Done');
    expect(host.textContent).toContain('1,000 of 1,000 events');
    expect(host.textContent).toContain('Failed chunks');
  });

  it('acts on the run, and opens its tab', async () => {
    const widget = make();
    await attach(widget);
    await render(widget, { run: 'r1', name: '' });
    const click = (name: string): Promise<void> =>
      act(async () =>
        [...host.querySelectorAll('button')]
          .find(({ textContent }) => textContent === name)
          ?.click()
      );
    await click('Stop');
    expect(runs.stop).toHaveBeenCalledWith('r1');
    await click('Open in a tab');
    expect(openTab).toHaveBeenCalledWith('r1');
  });

  it('shows what else the output holds of a run that is not known here', async () => {
    runs = new FakeRuns(undefined);
    const widget = make();
    await attach(widget);
    await render(widget, { run: 'r9', name: '<b>Z</b>' });
    expect(host.textContent).toContain('The run “<b>Z</b>” is not');
    expect(host.textContent).toContain('as text');
    expect(host.querySelector('b')).toBeNull();
  });

  it('puts the run in place of the rest when it turns up', async () => {
    const widget = make();
    await attach(widget);
    await render(widget, { run: 'r1', name: '' });
    await act(async () => runs.change(null));
    expect(host.textContent).toContain('as text');
    await act(async () => runs.change({}));
    expect(host.textContent).not.toContain('as text');
    expect(host.querySelector('h3')?.textContent).toBe('Dimuon mass');
  });

  it('says that it cannot read an output, and shows the rest', async () => {
    jest.spyOn(console, 'warn').mockImplementation();
    const widget = make();
    await attach(widget);
    await render(widget, { run: ['r1'] });
    expect(host.textContent).toContain('Casa cannot read this output');
    expect(host.textContent).toContain('as text');
  });

  it('costs nothing off screen', async () => {
    const widget = make();
    await attach(widget);
    await render(widget, { run: 'r1', name: '' });
    await act(async () => Screen.scroll(false));
    expect(stream.watched).toHaveLength(0);
    const refresh = jest.spyOn(models[0].catalog, 'refresh');
    await act(async () => runs.change({ histograms_sequence: 2, name: 'New' }));
    expect(refresh).not.toHaveBeenCalled();
    expect(host.querySelector('h3')?.textContent).toBe('Dimuon mass');
    await act(async () => Screen.scroll(true));
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(host.querySelector('h3')?.textContent).toBe('New');
  });

  it('disposes what it showed', async () => {
    const widget = make();
    await attach(widget);
    await render(widget, { run: 'r1', name: '' });
    await render(widget, { run: 'r1', name: '' });
    expect(models).toHaveLength(1);
    await render(widget, { run: 'r2', name: '' });
    expect(models.map(({ isDisposed }) => isDisposed)).toEqual([true, false]);
    await act(async () => widget.dispose());
    expect(models[1].isDisposed).toBe(true);
    expect(stream.watched).toHaveLength(0);
  });

  it('keeps keys that a notebook would act on', async () => {
    const onKey = jest.fn();
    host.addEventListener('keydown', onKey);
    const widget = make();
    await attach(widget);
    await render(widget, { run: 'r1', name: '' });
    const press = (key: string, others: KeyboardEventInit = {}): void => {
      host
        .querySelector('button')
        ?.dispatchEvent(
          new KeyboardEvent('keydown', { key, bubbles: true, ...others })
        );
    };
    press('b');
    press('Enter');
    expect(onKey).not.toHaveBeenCalled();
    press('Enter', { shiftKey: true });
    press('s', { ctrlKey: true });
    expect(onKey).toHaveBeenCalledTimes(2);
  });
});

describe('HistogramOutput', () => {
  const payload = (values: number[], fields: object = {}): object => {
    const frame = encodeFrame(makeFrame({}, [makeRow('', 'layer', values)]));
    return {
      version: 1,
      histogram: makeHistogram({ path: '<i>mass</i>' }),
      frame: btoa(String.fromCharCode(...new Uint8Array(frame))),
      ...fields
    };
  };

  const make = (): HistogramOutput =>
    new HistogramOutput({ mimeType: TYPE, rendermime, trans });

  const render = (widget: HistogramOutput, data: unknown): Promise<void> =>
    act(async () => widget.renderModel(output(data)));

  it('keeps the view while the kernel replaces the contents', async () => {
    const widget = make();
    await attach(widget);
    await render(widget, payload([1, 2]));
    expect(host.querySelector('h3')?.textContent).toBe('<i>mass</i>');
    const plot = host.querySelector('svg');
    const log = host.querySelector<HTMLInputElement>('input[type=checkbox]');
    await act(async () => log?.click());
    await render(widget, payload([3, 4]));
    expect(host.querySelector('svg')).toBe(plot);
    expect(log?.checked).toBe(true);
  });

  it('offers nothing that needs a server', async () => {
    const widget = make();
    await attach(widget);
    await render(widget, payload([1, 2]));
    const labels = [...host.querySelectorAll('button')].map(
      button => button.title
    );
    expect(labels.filter(label => label.includes('integrate'))).toEqual([]);
    expect(host.querySelector('select')).toBeNull();
  });

  it('says why there is nothing to draw', async () => {
    const widget = make();
    await attach(widget);
    const histogram = makeHistogram({ axes: [], problem: 'It has no axis.' });
    await render(widget, payload([], { histogram, frame: null }));
    expect(host.textContent).toContain('It has no axis.');
    expect(host.querySelector('svg')).toBeNull();
  });

  it('says that it cannot read an output, until it can', async () => {
    jest.spyOn(console, 'warn').mockImplementation();
    const widget = make();
    await attach(widget);
    await render(widget, payload([1, 2], { version: 99 }));
    expect(host.textContent).toContain('Casa cannot read this output');
    expect(host.textContent).toContain('as text');
    await render(widget, payload([1, 2]));
    expect(host.textContent).not.toContain('as text');
    expect(host.querySelector('svg')).not.toBeNull();
  });
});

describe('LazyOutput', () => {
  it('loads once, and tries again after a failure', async () => {
    jest.spyOn(console, 'error').mockImplementation();
    const renderModel = jest.fn(async () => undefined);
    const load = jest
      .fn()
      .mockRejectedValueOnce(new Error('chunk 12'))
      .mockImplementation(async () =>
        Object.assign(new Widget(), { renderModel })
      );
    const widget = new LazyOutput(load, 'Reload the page.');
    shown.push(widget);
    await expect(widget.renderModel(output(1))).rejects.toThrow(
      'Reload the page.'
    );
    await widget.renderModel(output(2));
    await widget.renderModel(output(3));
    expect(load).toHaveBeenCalledTimes(2);
    expect(renderModel).toHaveBeenCalledTimes(2);
  });

  it('shows nothing when it was closed meanwhile', async () => {
    const renderModel = jest.fn(async () => undefined);
    const loaded = Object.assign(new Widget(), { renderModel });
    const widget = new LazyOutput(async () => loaded, '');
    const rendered = widget.renderModel(output(1));
    widget.dispose();
    await rendered;
    expect(loaded.isDisposed).toBe(true);
    expect(renderModel).not.toHaveBeenCalled();
  });
});
