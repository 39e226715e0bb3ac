import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { fillInBrowser } from '../../components/testing';
import { FakeStream } from '../../histograms/testing';
import type { FailureList, Histogram, Run } from '../../services/models';
import { RunTabModel } from './model';
import { Sections, SectionsContext } from './sections';
import { FakeRuns, makeRun } from './testing';
import { RunView } from './widget';

/** The texts of the views under test. */
export const trans = nullTranslator.load('casa-lab');

/** The view of a run in a page, which a test looks at and acts on. */
export class TabHarness {
  host = document.createElement('div');
  runs = new FakeRuns(undefined);
  stream = new FakeStream();

  /** Begins with an empty page. */
  open(): void {
    fillInBrowser();
    this.host = document.body.appendChild(document.createElement('div'));
    this.runs = new FakeRuns(makeRun());
    this.stream = new FakeStream();
    this._root = createRoot(this.host);
  }

  /** Ends what was begun. */
  async close(): Promise<void> {
    await act(async () => this._root?.unmount());
    this._model?.dispose();
    this.host.remove();
  }

  readonly show = async (
    fields: Partial<Run>,
    histograms: Histogram[] = [],
    failures: FailureList = { groups: [], total: 0, accepted: [] }
  ): Promise<void> => {
    this.runs.change(fields);
    this.runs.histograms.mockResolvedValue({ sequence: 1, histograms });
    this.runs.failures.mockResolvedValue(failures);
    const model = new RunTabModel({
      run: 'r1',
      runs: this.runs,
      stream: this.stream
    });
    this._model = model;
    await act(async () => {
      model.isVisible = true;
      this._root?.render(
        <SectionsContext.Provider value={new Sections()}>
          <RunView model={model} trans={trans} />
        </SectionsContext.Provider>
      );
    });
  };

  readonly change = (fields: Partial<Run> | null): Promise<void> =>
    act(async () => this.runs.change(fields));

  /** Clicks on the button with a text or label. */
  readonly click = (name: string): Promise<void> =>
    act(async () => {
      const button = [...this.host.querySelectorAll('button')].find(
        each =>
          each.textContent === name || each.getAttribute('aria-label') === name
      );
      expect(button).toBeDefined();
      button?.click();
    });

  /** Presses a key where an element has the focus. */
  readonly press = (
    element: Element | null | undefined,
    key: string
  ): Promise<void> =>
    act(async () => {
      element?.dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true })
      );
    });

  private _model: RunTabModel | null = null;
  private _root: Root | null = null;
}
