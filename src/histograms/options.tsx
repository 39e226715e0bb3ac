import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Axis, View } from '../services/models';
import { MOST_RUNS, isProfile, rebinFactors, selectableAxes } from './choices';
import { Choice, NumberField, Toggle, option } from './fields';
import { useSignal } from './hooks';
import type { HistogramModel } from './model';
import type { IRunChoice } from './pin';
import { axisRange } from './zoom';
import { type IRange, plotData } from './renderer';

interface IOptionsProps {
  readonly model: HistogramModel;
  readonly view: View;
  readonly runs: readonly IRunChoice[];
  readonly trans: TranslationBundle;
}

/** The choices beyond those that every histogram needs. */
export function Options(props: IOptionsProps): JSX.Element {
  const { model, trans, view } = props;
  // The ends of an axis, and the rows to compare with, come with the contents.
  useSignal(model.frameChanged);
  const isMap = view.y !== null && !view.profile;
  return (
    <div
      className="casa-Controls casa-mod-more"
      role="toolbar"
      aria-label={trans.__('More choices of the view')}
    >
      <AxisOptions {...props} />
      <ContentOptions {...props} />
      {!isMap && <ComparisonOptions {...props} />}
      <NormalisationOptions model={model} view={view} trans={trans} />
    </div>
  );
}

/** Binning, range and scale of the horizontal axis. */
function AxisOptions({ model, trans, view }: IOptionsProps): JSX.Element {
  const { drawing, frame, histogram } = model;
  const axis = histogram.axes.find(({ name }) => name === view.x);
  const yAxis = histogram.axes.find(({ name }) => name === view.y);
  const isMap = view.y !== null && !view.profile;
  const data = frame && plotData(frame, []);
  return (
    <Group label={trans.__('Axis')}>
      <Rebin
        axis={axis}
        label={trans.__('Merge bins')}
        value={view.rebin}
        onChange={rebin => model.choose({ rebin, integrate: null })}
        trans={trans}
      />
      {isMap && (
        <Rebin
          axis={yAxis}
          label={trans.__('Merge bins upwards')}
          value={view.rebin_y}
          onChange={rebin_y => model.choose({ rebin_y })}
          trans={trans}
        />
      )}
      {!axis?.discrete && (
        <>
          <Range
            labels={[trans.__('From'), trans.__('to')]}
            limits={data && axisRange(data)}
            value={model.range}
            onChange={x => model.zoom({ x })}
          />
          <Toggle
            label={trans.__('Log axis')}
            checked={drawing.logX ?? axis?.transform === 'log'}
            onChange={logX => model.draw({ logX })}
          />
        </>
      )}
      {isMap && !yAxis?.discrete && (
        <Range
          labels={[trans.__('Upwards from'), trans.__('to')]}
          limits={data?.map ? axisRange(data.map) : null}
          value={model.rangeY}
          onChange={y => model.zoom({ y })}
        />
      )}
      <Toggle
        label={trans.__('Overflow')}
        title={trans.__('Show what lies below and above the axis')}
        checked={view.flow}
        onChange={flow => model.choose({ flow })}
      />
    </Group>
  );
}

/** What is drawn of the contents. */
function ContentOptions({
  model,
  trans,
  view
}: IOptionsProps): JSX.Element | null {
  const { histogram } = model;
  if (isProfile(histogram) || view.profile) {
    return null;
  }
  const isMap = view.y !== null;
  const selected = selectableAxes(histogram, view).filter(
    ({ name }) => name in view.select
  );
  const varied = selected.find(
    ({ name, nominal }) => nominal && view.select[name] === nominal
  );
  return (
    <Group label={trans.__('Contents')}>
      <Choice
        label={trans.__('Per')}
        value={view.per}
        options={[
          ['bin', trans.__('Bin')],
          ['width', trans.__('Bin width')],
          ['density', trans.__('Density (unit area)')]
        ]}
        onChange={per => model.choose({ per: per as View['per'] })}
      />
      {!isMap && (
        <Choice
          label={trans.__('Cumulative')}
          value={view.cumulative ?? ''}
          options={[
            ['', trans.__('No')],
            ['below', trans.__('From below')],
            ['above', trans.__('From above')]
          ]}
          onChange={value =>
            model.choose({
              cumulative: (value || null) as View['cumulative']
            })
          }
        />
      )}
      {!isMap && selected.length > 0 && (
        <Choice
          label={trans.__('Efficiency')}
          title={trans.__(
            'Draw which fraction of all the selected category is'
          )}
          value={view.fraction ?? ''}
          options={[
            ['', trans.__('No')],
            ...selected.map(({ label, name }) =>
              option(name, `${label}: ${view.select[name]}`)
            )
          ]}
          onChange={value => model.choose({ fraction: value || null })}
        />
      )}
      {!isMap && varied && (
        <Toggle
          label={trans.__('Band of variations')}
          checked={view.variations === varied.name}
          onChange={checked =>
            model.choose({ variations: checked ? varied.name : null })
          }
        />
      )}
    </Group>
  );
}

/** Ratio and pull, and other runs. */
function ComparisonOptions(props: IOptionsProps): JSX.Element {
  const { model, runs, trans, view } = props;
  const rows = (model.frame?.rows ?? []).filter(
    ({ role }) => role !== 'total' && role !== 'band'
  );
  const others = runs.filter(
    ({ id }) => id !== model.run && !view.runs.includes(id)
  );
  const nameOf = (id: string): string =>
    runs.find(run => run.id === id)?.name ?? id;
  return (
    <Group label={trans.__('Comparison')}>
      <Choice
        label={trans.__('Panel')}
        value={view.panel ?? ''}
        options={[
          ['', trans.__('None')],
          ['ratio', trans.__('Ratio')],
          ['pull', trans.__('Pull')]
        ]}
        onChange={value =>
          model.choose({ panel: (value || null) as View['panel'] })
        }
      />
      {view.panel !== null && rows.length > 1 && (
        <Choice
          label={trans.__('Reference')}
          value={referenceRow(model, view)}
          options={[
            ['', trans.__('Automatic')],
            ...rows.map(({ name }) => option(name, name))
          ]}
          onChange={value => model.choose({ reference: value || null })}
        />
      )}
      {others.length > 0 && view.runs.length < MOST_RUNS && (
        <Choice
          label={trans.__('Add run')}
          value=""
          options={[
            ['', trans.__('Choose…')],
            ...others.map(({ id, name }) => option(id, name))
          ]}
          onChange={id =>
            id &&
            model.choose({
              runs: [...view.runs, id],
              panel: view.panel ?? 'ratio',
              reference: null
            })
          }
        />
      )}
      {view.runs.map(id => (
        <Toggle
          key={id}
          label={nameOf(id)}
          checked={true}
          title={trans.__('Drawn over this run')}
          onChange={() =>
            model.choose({
              runs: view.runs.filter(other => other !== id),
              reference: view.reference === id ? null : view.reference
            })
          }
        />
      ))}
    </Group>
  );
}

/** Returns the row that others are compared with, which the view may name by its run. */
function referenceRow({ frame }: HistogramModel, { reference }: View): string {
  const run = frame?.header.others.find(({ run }) => run === reference);
  return run?.name ?? reference ?? '';
}

/** Used until somebody gives a luminosity, in inverse picobarn. */
const DEFAULT_LUMINOSITY = 1000;

function NormalisationOptions({
  model,
  trans,
  view
}: Omit<IOptionsProps, 'runs'>): JSX.Element {
  return (
    <Group label={trans.__('Scale')}>
      <Choice
        label={trans.__('Scale to')}
        value={view.normalise ?? ''}
        options={[
          ['', trans.__('As filled')],
          ['processed', trans.__('All events of the datasets')],
          ['luminosity', trans.__('Cross-section × luminosity')]
        ]}
        onChange={value =>
          model.choose({
            normalise: (value || null) as View['normalise'],
            luminosity: view.luminosity ?? DEFAULT_LUMINOSITY
          })
        }
      />
      {view.normalise === 'luminosity' && (
        <NumberField
          label={trans.__('Luminosity [/pb]')}
          value={view.luminosity}
          onChange={luminosity =>
            model.choose({
              luminosity:
                luminosity && luminosity > 0 ? luminosity : DEFAULT_LUMINOSITY
            })
          }
        />
      )}
    </Group>
  );
}

interface IRangeProps {
  readonly labels: readonly [from: string, to: string];

  /** The whole axis; null before anything is known of it. */
  readonly limits: IRange | null;
  readonly value: IRange | null;
  readonly onChange: (range: IRange | null) => void;
}

/** Both ends of what is shown of an axis. */
function Range({ labels, limits, onChange, value }: IRangeProps): JSX.Element {
  const choose = (low: number | null, high: number | null): void => {
    const wanted = {
      low: low ?? limits?.low ?? 0,
      high: high ?? limits?.high ?? 1
    };
    if (wanted.low < wanted.high) {
      onChange(low === null && high === null ? null : wanted);
    }
  };
  const shown = value ?? limits;
  return (
    <>
      <NumberField
        label={labels[0]}
        value={shown?.low ?? null}
        onChange={low => choose(low, value?.high ?? null)}
      />
      <NumberField
        label={labels[1]}
        value={shown?.high ?? null}
        onChange={high => choose(value?.low ?? null, high)}
      />
    </>
  );
}

interface IRebinProps {
  readonly axis: Axis | undefined;
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly trans: TranslationBundle;
}

function Rebin(props: IRebinProps): JSX.Element | null {
  const { axis, label, onChange, trans, value } = props;
  const factors = rebinFactors(axis);
  return factors.length < 2 ? null : (
    <Choice
      label={label}
      value={String(value)}
      options={factors.map(factor => [
        String(factor),
        factor === 1 ? trans.__('No') : trans.__('%1 into one', factor)
      ])}
      onChange={factor => onChange(Number(factor))}
    />
  );
}

function Group({
  children,
  label
}: React.PropsWithChildren<{ readonly label: string }>): JSX.Element {
  return (
    <fieldset className="casa-Controls-group">
      <legend>{label}</legend>
      {children}
    </fieldset>
  );
}
