import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';

import { fillInBrowser } from '../components/testing';
import type { Histogram } from '../services/models';
import type { IFrame } from './frame';
import { HistogramModel } from './model';
import { FakeStream, makeHistogram } from './testing';
import { FullPlot } from './view';

/** The texts of the views under test. */
export const trans = nullTranslator.load('casa-lab');

const WIDTH = 600;
const HEIGHT = 400;

/** Keys that are held while a pointer moves. */
export type Held = Pick<MouseEventInit, 'shiftKey' | 'altKey'>;

/** A place on a plot: parts of the frame's width and height, from the left and from the top. */
export type Place = readonly [across: number, down: number];

/** A plot in a page, which a test points at and types on. */
export class PlotHarness {
  readonly host = document.createElement('div');
  readonly stream = new FakeStream();

  constructor(histogram: Partial<Histogram> = {}) {
    fillInBrowser();
    // jsdom lays nothing out.
    Object.defineProperties(HTMLElement.prototype, {
      clientWidth: { configurable: true, value: WIDTH },
      clientHeight: { configurable: true, value: HEIGHT },
      setPointerCapture: { configurable: true, value: () => undefined }
    });
    // Nor does it draw.
    Object.defineProperties(HTMLCanvasElement.prototype, {
      getContext: { configurable: true, value: () => null },
      toDataURL: { configurable: true, value: () => 'data:,' }
    });
    document.body.appendChild(this.host);
    this.model = new HistogramModel({
      run: 'r1',
      datasets: [],
      histogram: makeHistogram(histogram),
      stream: this.stream
    });
    this._root = createRoot(this.host);
  }

  readonly model: HistogramModel;

  /** The element that takes pointer and keys. */
  get plot(): HTMLElement {
    return this.find('.casa-Plot');
  }

  /** Shows the view of the histogram with a frame. */
  async show(frame: IFrame, view?: JSX.Element): Promise<void> {
    await act(async () =>
      this._root.render(view ?? <FullPlot model={this.model} trans={trans} />)
    );
    await this.receive(frame);
  }

  /** Takes in a frame, and paints it. */
  async receive(frame: IFrame): Promise<void> {
    await act(async () => {
      this.stream.watched.forEach(({ receiver }) => receiver.onFrame(frame));
      this.model.onFrame(frame);
      await painted();
    });
  }

  /** Changes the model, as something else in the page may. */
  change(work: (model: HistogramModel) => void): Promise<void> {
    return act(async () => work(this.model));
  }

  async close(): Promise<void> {
    await act(async () => this._root.unmount());
    this.model.dispose();
    this.host.remove();
  }

  /** The first element of a kind, which must be there. */
  find<E extends HTMLElement>(selector: string): E {
    const found = this.host.querySelector<E>(selector);
    if (!found) {
      throw new Error(`There is no ${selector}.`);
    }
    return found;
  }

  /** Presses, moves in two steps and lets go. */
  async drag(from: Place, to: Place, held: Held = {}): Promise<void> {
    await this.point('pointerdown', from, held);
    await this.point('pointermove', middle(from, to), held);
    await this.point('pointermove', to, held);
    await this.point('pointerup', to, held);
  }

  /** Tells the plot what a pointer does. */
  async point(type: string, at: Place, held: Held = {}): Promise<void> {
    const event = new MouseEvent(type, {
      ...this._client(at),
      ...held,
      bubbles: true
    });
    await this._dispatch(event);
  }

  /** Turns the wheel; says whether the page was kept from scrolling. */
  async wheel(at: Place, deltaY: number): Promise<boolean> {
    const event = new WheelEvent('wheel', {
      ...this._client(at),
      deltaY,
      bubbles: true,
      cancelable: true
    });
    await this._dispatch(event);
    return event.defaultPrevented;
  }

  /** Presses a key on the plot; says whether it meant anything. */
  async press(key: string, held: KeyboardEventInit = {}): Promise<boolean> {
    const event = new KeyboardEvent('keydown', {
      key,
      ...held,
      bubbles: true,
      cancelable: true
    });
    await this._dispatch(event);
    return event.defaultPrevented;
  }

  private async _dispatch(event: Event): Promise<void> {
    await act(async () => {
      this.plot.dispatchEvent(event);
      await painted();
    });
  }

  private _client([across, down]: Place): {
    clientX: number;
    clientY: number;
  } {
    const border = this.find('.casa-Plot-border');
    const corner = border.parentElement?.getAttribute('transform') ?? '';
    const [left, top] = corner.match(/[\d.]+/g)?.map(Number) ?? [];
    const size = (name: string): number => Number(border.getAttribute(name));
    return {
      clientX: left + across * size('width'),
      clientY: top + down * size('height')
    };
  }

  private _root: Root;
}

/** Resolves when what was scheduled is painted. */
function painted(): Promise<void> {
  return new Promise(resolve => requestAnimationFrame(() => resolve()));
}

function middle(from: Place, to: Place): Place {
  return [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
}
