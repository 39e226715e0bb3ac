import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretRightIcon,
  HTMLSelect
} from '@jupyterlab/ui-components';
import React, { useId, useState } from 'react';
import { Problem } from '../../components/message';
import { useChanges } from '../../components/signals';
import { DatasetPicker } from './datasets';
import { takesNothing } from './arguments';
import { ArgumentFields } from './fields';
import { DryRunView } from './forecast';
import { isLocation, placeKey } from './form';
import type { LaunchModel } from './model';
import { ProcessorPicker } from './processors';

/** The schemas that Coffea brings; names, not text. */
const SCHEMAS = [
  'NanoAODSchema',
  'PFNanoAODSchema',
  'ScoutingNanoAODSchema',
  'PHYSLITESchema',
  'TreeMakerSchema',
  'DelphesSchema',
  'EDM4HEPSchema',
  'FCCSchema',
  'BaseSchema'
];

interface ILaunchViewProps {
  model: LaunchModel;
  trans: TranslationBundle;
}

/** The body of the dialog of a new run. */
export function LaunchView({ model, trans }: ILaunchViewProps): JSX.Element {
  useChanges(model);
  const { asBefore, continues, finder, form, problem } = model;
  return (
    <div className="casa-LaunchForm">
      <Field label={trans.__('Processor')}>
        {finder.problem && <Problem tone="warning" message={finder.problem} />}
        {model.emptyFile && !finder.problem && (
          <Problem
            tone="warning"
            message={trans.__(
              'No processor was found in %1: no class that derives from ProcessorABC, no function of the events.',
              model.emptyFile
            )}
          />
        )}
        <ProcessorPicker
          processors={finder.processors}
          value={form.processor}
          onChange={processor => model.update({ processor })}
          onType={text => finder.lookFor(text)}
          remark={finder.remark}
          trans={trans}
        />
      </Field>
      <Arguments model={model} trans={trans} />
      <Field label={trans.__('Datasets')}>
        <DatasetPicker
          datasets={model.datasets}
          value={form.datasets}
          onChange={datasets => model.update({ datasets })}
          trans={trans}
        />
        {continues !== null && (
          <Tick
            label={trans.__('Process only what is new')}
            note={trans.__(
              'What that run counted is taken over, if code, arguments and settings are the same.'
            )}
            value={continues}
            onChange={value => {
              model.continues = value;
            }}
          />
        )}
        {asBefore !== null && (
          <Tick
            label={trans.__('Files as they were in that run')}
            note={trans.__('Otherwise those that the datasets have now.')}
            value={asBefore}
            onChange={value => {
              model.asBefore = value;
            }}
          />
        )}
      </Field>
      <div className="casa-LaunchForm-row">
        <ClusterField model={model} trans={trans} />
        <SchemaField model={model} trans={trans} />
        <TextField
          label={trans.__('Name')}
          placeholder={model.processor?.name ?? trans.__("The processor's")}
          maxLength={500}
          value={form.name}
          onChange={name => model.update({ name })}
        />
        <TextField
          label={trans.__('Tags')}
          placeholder={trans.__('Separated by commas')}
          value={form.tags}
          onChange={tags => model.update({ tags })}
        />
      </div>
      <Advanced model={model} trans={trans} />
      <DryRunView
        model={model.dryRun}
        isCurrent={model.isTried}
        onChunksize={chunksize =>
          model.update({ chunksize: String(chunksize) })
        }
        trans={trans}
      />
      <div className="casa-LaunchForm-end">
        {problem && <Problem message={problem} />}
        <p className="casa-LaunchForm-missing" role="status">
          {model.missing}
        </p>
      </div>
    </div>
  );
}

function Field(props: {
  label: string;
  children: React.ReactNode;
}): JSX.Element {
  const id = useId();
  return (
    <div className="casa-Field" role="group" aria-labelledby={id}>
      <span id={id} className="casa-Field-label">
        {props.label}
      </span>
      {props.children}
    </div>
  );
}

function Arguments({ model, trans }: ILaunchViewProps): JSX.Element | null {
  const { form, inputs, signature } = model;
  if (!isLocation(form.processor) || takesNothing(signature, inputs)) {
    return null;
  }
  return (
    <Field label={trans.__('Arguments')}>
      <ArgumentFields
        key={form.processor}
        signature={signature}
        inputs={inputs}
        onChange={changed => {
          model.inputs = changed;
        }}
        trans={trans}
      />
    </Field>
  );
}

interface ITextFieldProps {
  label: string;
  title?: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
  inputMode?: 'numeric' | 'decimal';
  maxLength?: number;
}

function TextField(props: ITextFieldProps): JSX.Element {
  const { inputMode, label, maxLength, placeholder, title, value, onChange } =
    props;
  return (
    <label className="casa-Field" title={title}>
      <span className="casa-Field-label">{label}</span>
      <input
        type="text"
        inputMode={inputMode}
        className="jp-mod-styled casa-Input"
        placeholder={placeholder}
        maxLength={maxLength}
        value={value}
        onChange={event => onChange(event.target.value)}
      />
    </label>
  );
}

interface ITickProps {
  label: string;
  note: string;
  value: boolean;
  onChange: (value: boolean) => void;
}

function Tick({ label, note, onChange, value }: ITickProps): JSX.Element {
  return (
    <label className="casa-Tick">
      <input
        type="checkbox"
        checked={value}
        onChange={event => onChange(event.target.checked)}
      />
      <span>
        {label}
        <span className="casa-Tick-note">{note}</span>
      </span>
    </label>
  );
}

interface ISelectFieldProps {
  label: string;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onChange: (value: string) => void;

  /** What the choice is about, for its tooltip. */
  title?: string;
}

function SelectField(props: ISelectFieldProps): JSX.Element {
  const { label, onChange, options, title, value } = props;
  return (
    <label className="casa-Field">
      <span className="casa-Field-label">{label}</span>
      <HTMLSelect
        className="casa-Select"
        iconProps={{ top: '6px', right: '6px' }}
        title={title}
        value={value}
        onChange={event => onChange(event.target.value)}
      >
        {options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </HTMLSelect>
    </label>
  );
}

function ClusterField({ model, trans }: ILaunchViewProps): JSX.Element {
  return (
    <SelectField
      label={trans.__('Cluster')}
      value={placeKey(model.form.place)}
      options={model.places.map(({ key, label }) => [key, label])}
      onChange={value => {
        const choice = model.places.find(({ key }) => key === value);
        if (choice) {
          model.update({ place: choice.place });
        }
      }}
    />
  );
}

function SchemaField({ model, trans }: ILaunchViewProps): JSX.Element {
  const { schema } = model.form;
  const isOther = schema !== '' && !SCHEMAS.includes(schema);
  const names = isOther ? [...SCHEMAS, schema] : SCHEMAS;
  return (
    <SelectField
      label={trans.__('Schema')}
      title={trans.__('How Coffea reads the branches of the files')}
      value={schema}
      options={[
        ['', trans.__('Automatic')],
        ...names.map(name => [name, name] as const)
      ]}
      onChange={schema => model.update({ schema })}
    />
  );
}

function Advanced({ model, trans }: ILaunchViewProps): JSX.Element {
  const [open, setOpen] = useState(model.isVariation);
  const id = useId();
  const { chunksize, columnMemory, failFast, maxchunks, note } = model.form;
  const Caret = open ? caretDownIcon.react : caretRightIcon.react;
  return (
    <div className="casa-Advanced">
      <button
        type="button"
        className="casa-PlainButton casa-Advanced-toggle"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <Caret tag={null} width="16px" height="16px" />
        {trans.__('More')}
      </button>
      <div id={id} className="casa-Advanced-content" hidden={!open}>
        <label className="casa-Field casa-mod-wide">
          <span className="casa-Field-label">{trans.__('Note')}</span>
          <textarea
            className="jp-mod-styled casa-Note-input"
            rows={2}
            maxLength={10_000}
            placeholder={trans.__('What this run is for')}
            value={note}
            onChange={event => model.update({ note: event.target.value })}
          />
        </label>
        <TextField
          inputMode="numeric"
          label={trans.__('Events per chunk, at most')}
          placeholder={trans.__('Automatic')}
          value={chunksize}
          onChange={chunksize => model.update({ chunksize })}
        />
        <TextField
          inputMode="numeric"
          label={trans.__('Chunks per dataset, at most')}
          placeholder={trans.__('All')}
          value={maxchunks}
          onChange={maxchunks => model.update({ maxchunks })}
        />
        <TextField
          inputMode="decimal"
          label={trans.__('Keep columns, GB per worker')}
          title={trans.__(
            'The next run over the same files, with another processor perhaps, takes the columns from the memory of the workers. At most half of it is used.'
          )}
          placeholder={trans.__('None')}
          value={columnMemory}
          onChange={columnMemory => model.update({ columnMemory })}
        />
        <Tick
          label={trans.__('Stop at the first failure')}
          note={trans.__(
            'Otherwise failed chunks are listed and the rest goes on.'
          )}
          value={failFast}
          onChange={failFast => model.update({ failFast })}
        />
      </div>
    </div>
  );
}
