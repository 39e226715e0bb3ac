import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import {
  FullPlot,
  HistogramModel,
  type IFrame,
  Toggle,
  useSignal
} from '../histograms';
import type { Histogram } from '../services/models';
import { keepKeys } from './keys';
import { FrameSource } from './source';

/** A histogram in the output of a cell, with what needs no server. */
export class HistogramCell extends ReactWidget {
  constructor(options: HistogramCell.IOptions) {
    super();
    const { frame, histogram, trans } = options;
    this._source.put(frame);
    this._model = new HistogramModel({
      run: '',
      datasets: [],
      histogram,
      stream: this._source,
      isFixed: true
    });
    this._trans = trans;
    this.addClass('casa-HistogramCell');
    keepKeys(this.node);
  }

  /** Shows newer contents, with the range and scales that are on screen. */
  replace(histogram: Histogram, frame: IFrame | null): void {
    this._model.update(histogram);
    this._source.put(frame);
  }

  override dispose(): void {
    this._model.dispose();
    super.dispose();
  }

  protected override render(): JSX.Element {
    return <HistogramView model={this._model} trans={this._trans} />;
  }

  private _model: HistogramModel;
  private _source = new FrameSource();
  private _trans: TranslationBundle;
}

export namespace HistogramCell {
  export interface IOptions {
    histogram: Histogram;

    /** What is drawn; null where the histogram has a problem. */
    frame: IFrame | null;
    trans: TranslationBundle;
  }
}

interface IHistogramViewProps {
  readonly model: HistogramModel;
  readonly trans: TranslationBundle;
}

function HistogramView({ model, trans }: IHistogramViewProps): JSX.Element {
  useSignal(model.changed);
  useSignal(model.frameChanged);
  const { drawing, frame, path, problem } = model;
  const x = frame?.header.x;
  return (
    <>
      <div className="casa-HistogramCell-head">
        <h3 title={path}>{path}</h3>
        {!problem && (
          <div
            className="casa-Controls"
            role="toolbar"
            aria-label={trans.__('View of the histogram')}
          >
            <Toggle
              label={trans.__('Log scale')}
              checked={drawing.log}
              onChange={log => model.draw({ log })}
            />
            {x && !x.discrete && (
              <Toggle
                label={trans.__('Log axis')}
                checked={drawing.logX ?? x.transform === 'log'}
                onChange={logX => model.draw({ logX })}
              />
            )}
          </div>
        )}
      </div>
      {problem ? (
        <p className="casa-CellMessage">{problem}</p>
      ) : (
        <FullPlot model={model} trans={trans} />
      )}
    </>
  );
}
