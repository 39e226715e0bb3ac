import type { Histogram } from '../services/models';
import { HistogramModel } from './model';
import { PinnedRun } from './pin';
import {
  FakeStream,
  makeAxis,
  makeCategories,
  makeFrame,
  makeHistogram,
  makeRow
} from './testing';

const DATASET = makeCategories('dataset', ['zjets', 'ttbar']);
const VARIATION = makeCategories('variation', ['nominal', 'up']);
const HISTOGRAM = makeHistogram({
  axes: [
    DATASET,
    VARIATION,
    makeAxis(),
    makeAxis({ name: 'pt' }),
    makeAxis({ name: 'eta' })
  ]
});

describe('HistogramModel', () => {
  let stream: FakeStream;
  let model: HistogramModel;

  const make = (histogram: Histogram): HistogramModel =>
    new HistogramModel({
      run: 'r1',
      datasets: ['ttbar', 'zjets'],
      histogram,
      stream
    });

  beforeEach(() => {
    stream = new FakeStream();
    model = make(HISTOGRAM);
  });

  afterEach(() => {
    model.dispose();
  });

  it('watches its view while somebody looks', () => {
    expect(stream.watched).toHaveLength(0);
    const [one, other] = [model.show(), model.show()];
    expect(stream.watched.map(({ request }) => request)).toEqual([
      { run: 'r1', histogram: 'mass', view: model.view }
    ]);
    one.dispose();
    expect(stream.watched).toHaveLength(1);
    other.dispose();
    other.dispose();
    expect(stream.watched).toHaveLength(0);
  });

  it('watches anew when another view is chosen, and keeps the picture', () => {
    model.show();
    const [{ receiver }] = stream.watched;
    receiver.onFrame(makeFrame({}, [makeRow('', 'layer', [1, 2])]));
    model.chooseX('pt');
    model.chooseCategory('variation', 'up');
    expect(stream.watched).toHaveLength(1);
    expect(stream.watched[0].request.view).toMatchObject({
      x: 'pt',
      stack: 'dataset',
      select: { variation: 'up' }
    });
    expect(model.frame).not.toBeNull();
  });

  it('selects nothing of what is drawn', () => {
    model.chooseStack('variation');
    expect(model.view).toMatchObject({
      x: 'mass',
      stack: 'variation',
      select: {}
    });
    model.chooseX('variation');
    expect(model.view).toMatchObject({
      x: 'variation',
      stack: null,
      select: {}
    });
  });

  it('sums over an axis again', () => {
    model.chooseCategory('variation', null);
    expect(model.view?.select).toEqual({});
  });

  it('tells of changes of the view and of the drawing', () => {
    const changed = jest.fn();
    model.changed.connect(changed);
    model.draw({ log: true });
    expect(model.drawing).toEqual({ log: true, logX: null });
    model.chooseX('pt');
    expect(changed).toHaveBeenCalledTimes(2);
  });

  it('keeps the order of launch, then that of turning up', () => {
    model.show();
    const { onFrame } = stream.watched[0].receiver;
    const frame = (names: string[]): void =>
      onFrame.call(
        model,
        makeFrame(
          {},
          names.map(name => makeRow(name, 'layer', [1, 2]))
        )
      );
    frame(['other', 'zjets']);
    frame(['zjets', 'another', 'other']);
    expect(model.order).toEqual(['ttbar', 'zjets', 'other', 'another']);
  });

  it('says why there is nothing to draw', () => {
    model.show();
    const { receiver } = stream.watched[0];
    receiver.onProblem('There is no category yet.');
    expect(model.problem).toBe('There is no category yet.');
    receiver.onFrame(makeFrame({}, [makeRow('', 'layer', [1, 2])]));
    expect(model.problem).toBeNull();
  });

  it('does not ask for what cannot be drawn', () => {
    const mean = make(
      makeHistogram({ axes: [], problem: 'Casa cannot show this.' })
    );
    mean.show();
    mean.chooseX('mass');
    expect(mean.view).toBeNull();
    expect(mean.problem).toBe('Casa cannot show this.');
    expect(stream.watched).toHaveLength(0);
    mean.dispose();
  });

  it('takes the nominal category once it is there', () => {
    const early = { ...HISTOGRAM, axes: [...HISTOGRAM.axes] };
    early.axes[1] = makeCategories('variation', []);
    const growing = make(early);
    growing.show();
    expect(growing.view?.select).toEqual({});
    growing.update(HISTOGRAM);
    expect(growing.view?.select).toEqual({ variation: 'nominal' });
    expect(stream.watched[0].request.view.select).toEqual({
      variation: 'nominal'
    });
    growing.dispose();
  });

  it('keeps what the user chose', () => {
    model.chooseCategory('variation', 'up');
    const axes = [...HISTOGRAM.axes];
    axes[1] = makeCategories('variation', ['nominal', 'up', 'down']);
    model.update({ ...HISTOGRAM, axes });
    expect(model.view?.select).toEqual({ variation: 'up' });
  });

  it('begins anew with what turns up while a run is pinned', () => {
    const pin = new PinnedRun();
    pin.value = { id: 'r2', name: 'Before' };
    const grown = (...datasets: string[]): Histogram =>
      makeHistogram({
        axes: [
          makeCategories('dataset', datasets),
          makeCategories('variation', datasets.length > 1 ? ['nominal'] : []),
          makeAxis()
        ]
      });
    const pinned = new HistogramModel({
      run: 'r1',
      datasets: [],
      histogram: grown('ttbar'),
      stream,
      pin
    });
    pinned.update(grown('ttbar', 'Data'));
    expect(pinned.view).toMatchObject({
      select: { variation: 'nominal' },
      runs: ['r2'],
      panel: 'ratio',
      reference: 'r2'
    });
    // Data are compared with the stack again, as without a pin.
    pin.value = null;
    expect(pinned.view).toMatchObject({
      stack: 'dataset',
      runs: [],
      panel: 'ratio',
      reference: null
    });
    pinned.dispose();
  });

  it('compares with the run that is pinned, and no more when it is not', () => {
    const pin = new PinnedRun();
    pin.value = { id: 'r2', name: 'Before' };
    const pinned = new HistogramModel({
      run: 'r1',
      datasets: [],
      histogram: HISTOGRAM,
      stream,
      pin
    });
    expect(pinned.view).toMatchObject({
      runs: ['r2'],
      panel: 'ratio',
      reference: 'r2'
    });
    pin.value = { id: 'r1', name: 'Itself' };
    expect(pinned.view).toMatchObject({ runs: [], panel: null });
    pinned.dispose();
  });

  it('keeps the runs that were added when another one is pinned, or none', () => {
    const pin = new PinnedRun();
    const pinned = new HistogramModel({
      run: 'r1',
      datasets: [],
      histogram: HISTOGRAM,
      stream,
      pin
    });
    pinned.choose({ runs: ['r3'], panel: 'pull' });
    pin.value = { id: 'r2', name: 'Before' };
    expect(pinned.view).toMatchObject({
      runs: ['r2', 'r3'],
      panel: 'pull',
      reference: 'r2'
    });
    pin.value = { id: 'r3', name: 'Added' };
    expect(pinned.view).toMatchObject({ runs: ['r3'], reference: 'r3' });
    pin.value = null;
    expect(pinned.view).toMatchObject({ runs: [], panel: null });
    pinned.dispose();
  });

  it('keeps nothing for an axis that was chosen for another', () => {
    model.choose({ y: 'pt', rebin_y: 1 });
    model.choose({ rebin: 2, rebin_y: 5 });
    model.draw({ log: true, logX: true });
    model.choose({ y: 'dataset' });
    expect(model.view).toMatchObject({ rebin: 2, rebin_y: 1 });
    model.chooseX('eta');
    expect(model.view?.rebin).toBe(1);
    expect(model.drawing).toEqual({ log: true, logX: null });
  });

  it('has nothing to undo after what changed nothing', () => {
    model.zoom({ x: null });
    expect(model.canUndoZoom).toBe(false);
    model.zoom({ x: { low: 1, high: 2 } });
    model.zoom({ x: { low: 1, high: 2 } });
    model.undoZoom();
    expect(model.isZoomed).toBe(false);
    expect(model.canUndoZoom).toBe(false);
  });

  it('zooms, and goes back', () => {
    model.zoom({ x: { low: 0, high: 1 } });
    model.zoom({ x: { low: 0.2, high: 0.5 } });
    model.zoom({ x: { low: 0.3, high: 0.6 } }, true);
    expect(model.range).toEqual({ low: 0.3, high: 0.6 });
    model.undoZoom();
    expect(model.range).toEqual({ low: 0, high: 1 });
    model.undoZoom();
    expect([model.range, model.canUndoZoom]).toEqual([null, false]);
    model.zoom({ x: { low: 0, high: 1 } });
    model.chooseX('pt');
    expect(model.range).toBeNull();
  });

  it('stops watching when it is disposed', () => {
    const shown = model.show();
    model.dispose();
    expect(stream.watched).toHaveLength(0);
    shown.dispose();
    expect(stream.watched).toHaveLength(0);
  });
});
