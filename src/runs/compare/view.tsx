import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { EmptyState, Problem } from '../../components/message';
import { useChanges } from '../../components/signals';
import { StateDot } from '../../components/tone';
import { runColours, useSignal } from '../../histograms';
import { casaIcon } from '../../icons';
import type { RunChanges } from '../../services/models';
import { Differences } from '../history/changes';
import { stateLabel, stateTone } from '../states';
import { Gallery } from '../tab/gallery';
import type { Resource } from '../tab/resource';
import type { RunTabModel } from '../tab/model';
import { letterOf } from './letters';
import type { CompareModel } from './model';
import { Numbers } from './numbers';

interface IProps {
  readonly model: CompareModel;
  readonly trans: TranslationBundle;
}

/** Runs held against each other: histograms, numbers, and what led to them. */
export function CompareView({
  model,
  onOpen,
  trans
}: IProps & { readonly onOpen: (run: string) => void }): JSX.Element {
  const { ids, tab } = model;
  useChanges(model, tab);
  const reference = model.run(model.reference);
  return (
    <div className="casa-RunTab-content">
      <header className="casa-Compare-header">
        <h1>{trans.__('Comparison of %1 runs', ids.length)}</h1>
        <Runs model={model} onOpen={onOpen} trans={trans} />
      </header>
      {/* Another reference is another comparison: nothing of the old one stays. */}
      <React.Fragment key={model.reference}>
        <div className="casa-RunTab-columns">
          <div className="casa-RunTab-main">
            {reference ? (
              <Gallery model={tab} run={reference} trans={trans} />
            ) : (
              <EmptyState
                icon={casaIcon}
                message={
                  tab.isGone
                    ? trans.__(
                        'The run that the others are compared with does not exist any more. Choose another one above.'
                      )
                    : trans.__('Loading…')
                }
              />
            )}
          </div>
          <div className="casa-RunTab-side">
            <Numbers model={model} trans={trans} />
          </div>
        </div>
        {[...model.changes].map(([id, changes]) => (
          <Changes
            key={id}
            from={letterOf(model.ids.indexOf(model.reference))}
            to={letterOf(model.ids.indexOf(id))}
            changes={changes}
            trans={trans}
          />
        ))}
      </React.Fragment>
    </div>
  );
}

/** The runs, and which of them the others are compared with. */
function Runs({
  model,
  onOpen,
  trans
}: IProps & { readonly onOpen: (run: string) => void }): JSX.Element {
  const group = React.useId();
  return (
    <div
      className="casa-Compare-runs"
      role="radiogroup"
      aria-label={trans.__('Reference')}
    >
      {model.ids.map((id, index) => {
        const run = model.run(id);
        const name = run?.name ?? id;
        return (
          <div key={id} className="casa-Compare-run">
            <Letter index={index} tab={model.tab} run={id} />
            <div className="casa-Compare-which">
              {run ? (
                <button
                  type="button"
                  className="casa-RunTab-link"
                  title={`${name}\n${id}`}
                  onClick={() => onOpen(id)}
                >
                  {name}
                </button>
              ) : (
                <span>{name}</span>
              )}
              <span className="casa-Compare-when">
                {run ? (
                  <>
                    <StateDot
                      tone={stateTone(run)}
                      label={stateLabel(run.state, trans)}
                    />
                    <span>{new Date(run.created * 1000).toLocaleString()}</span>
                  </>
                ) : (
                  trans.__('not known')
                )}
              </span>
            </div>
            <label className="casa-Compare-reference">
              <input
                type="radio"
                name={group}
                checked={id === model.reference}
                onChange={() => {
                  model.reference = id;
                }}
              />
              {trans.__('Reference')}
            </label>
          </div>
        );
      })}
    </div>
  );
}

interface ILetterProps {
  readonly index: number;
  readonly tab: RunTabModel;
  readonly run: string;
}

/** What stands for a run where its name is too long, in the colour it is drawn in. */
export function Letter({ index, run, tab }: ILetterProps): JSX.Element {
  const { selected } = tab;
  return (
    <span className="casa-Compare-letter">
      {selected && (
        <Swatch key={selected.path} histogram={selected} run={run} />
      )}
      {letterOf(index)}
    </span>
  );
}

function Swatch({
  histogram,
  run
}: {
  readonly histogram: NonNullable<RunTabModel['selected']>;
  readonly run: string;
}): JSX.Element {
  useSignal(histogram.frameChanged);
  const { frame, order } = histogram;
  const colour = frame && runColours(frame, order).get(run);
  return (
    <span
      className="casa-Compare-swatch"
      style={{ background: colour ?? 'transparent' }}
    />
  );
}

interface IChangesProps {
  readonly from: string;
  readonly to: string;
  readonly changes: Resource<RunChanges>;
  readonly trans: TranslationBundle;
}

/** What led to the differences between two of the runs. */
function Changes({ changes, from, to, trans }: IChangesProps): JSX.Element {
  useChanges(changes);
  const heading = React.useId();
  return (
    <section className="casa-RunTab-section" aria-labelledby={heading}>
      <div className="casa-RunTab-heading">
        <h2 id={heading}>{trans.__('What changed from %1 to %2', from, to)}</h2>
      </div>
      {changes.problem && <Problem message={changes.problem} />}
      {changes.value ? (
        <Differences changes={changes.value} trans={trans} />
      ) : (
        !changes.problem && <p>{trans.__('Loading…')}</p>
      )}
    </section>
  );
}
