import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect, undoIcon } from '@jupyterlab/ui-components';
import React, { useId } from 'react';
import { IconButton } from '../../components/button';
import type { Parameter } from '../../services/models';
import {
  defaultText,
  hasKnownDefault,
  type IArgumentInputs,
  readText,
  shownText,
  type Signature
} from './arguments';

interface IArgumentFieldsProps {
  signature: Signature;
  inputs: IArgumentInputs;
  onChange: (inputs: IArgumentInputs) => void;
  trans: TranslationBundle;
}

/** A form for the arguments of a processor: a widget for each, by its kind. */
export function ArgumentFields(props: IArgumentFieldsProps): JSX.Element {
  const { signature, inputs, onChange, trans } = props;
  const setText = (name: string, text: string | null) => {
    const texts = new Map(inputs.texts);
    if (text === null) {
      texts.delete(name);
    } else {
      texts.set(name, text);
    }
    onChange({ ...inputs, texts });
  };
  // Where there are no others, the group says what it is.
  const others =
    signature.parameters.length > 0 ? trans.__('Other arguments') : null;
  return (
    <div className="casa-Arguments">
      {signature.parameters.map(parameter => (
        <ArgumentField
          key={parameter.name}
          parameter={parameter}
          text={shownText(parameter, inputs)}
          isTouched={inputs.texts.has(parameter.name)}
          onChange={text => setText(parameter.name, text)}
          trans={trans}
        />
      ))}
      {(signature.open_ended || inputs.others !== '') && (
        <label className="casa-Argument casa-mod-wide">
          {others && <span className="casa-Argument-name">{others}</span>}
          <input
            type="text"
            aria-label={others ?? trans.__('Arguments')}
            className="jp-mod-styled casa-Input casa-mod-code"
            placeholder={trans.__('A JSON object, such as {"year": 2018}')}
            spellCheck={false}
            value={inputs.others}
            onChange={event =>
              onChange({ ...inputs, others: event.target.value })
            }
          />
        </label>
      )}
    </div>
  );
}

interface IArgumentFieldProps {
  parameter: Parameter;
  text: string;
  isTouched: boolean;

  /** Told of what is typed, or null when the default is wanted again. */
  onChange: (text: string | null) => void;
  trans: TranslationBundle;
}

function ArgumentField(props: IArgumentFieldProps): JSX.Element {
  const { parameter, text, isTouched, onChange, trans } = props;
  const { description, name, required } = parameter;
  const id = useId();
  const reading = readText(parameter, text, trans);
  // What nobody has touched yet is not wrong, it is missing.
  const problem =
    isTouched && reading && 'problem' in reading ? reading.problem : null;
  const isChanged = !required && isTouched && text !== defaultText(parameter);
  return (
    <div className="casa-Argument" data-argument={name}>
      <span className="casa-Argument-head">
        <label className="casa-Argument-name" htmlFor={id} title={name}>
          {name}
        </label>
        {required && (
          <span className="casa-Argument-remark">{trans.__('required')}</span>
        )}
        {isChanged && (
          <IconButton
            icon={undoIcon}
            label={trans.__('Back to the default of %1', name)}
            onClick={() => onChange(null)}
          />
        )}
      </span>
      <ArgumentInput
        id={id}
        parameter={parameter}
        text={text}
        isWrong={problem !== null}
        onChange={onChange}
        trans={trans}
      />
      {problem ? (
        <span className="casa-Argument-problem">{problem}</span>
      ) : (
        description && (
          <span className="casa-Argument-description" title={description}>
            {description}
          </span>
        )
      )}
    </div>
  );
}

interface IArgumentInputProps {
  id: string;
  parameter: Parameter;
  text: string;
  isWrong: boolean;
  onChange: (text: string) => void;
  trans: TranslationBundle;
}

function ArgumentInput(props: IArgumentInputProps): JSX.Element {
  const { id, parameter, text, isWrong, onChange, trans } = props;
  const { choices, kind, optional } = parameter;
  if (kind === 'bool' && hasKnownDefault(parameter) && !optional) {
    return (
      <span className="casa-Argument-tick">
        <input
          id={id}
          type="checkbox"
          checked={text === 'true'}
          onChange={event => onChange(String(event.target.checked))}
        />
      </span>
    );
  }
  if (kind === 'bool' || kind === 'choice') {
    const values: readonly (string | number | boolean)[] =
      kind === 'bool' ? [true, false] : choices;
    return (
      <HTMLSelect
        id={id}
        className="casa-Select"
        iconProps={{ top: '6px', right: '6px' }}
        value={text}
        onChange={event => onChange(event.target.value)}
      >
        {(optional || !hasKnownDefault(parameter)) && (
          <option value="">{emptyLabel(parameter, trans)}</option>
        )}
        {values.map(value => (
          <option key={JSON.stringify(value)} value={JSON.stringify(value)}>
            {String(value)}
          </option>
        ))}
      </HTMLSelect>
    );
  }
  return (
    <input
      id={id}
      type="text"
      inputMode={
        kind === 'int' ? 'numeric' : kind === 'float' ? 'decimal' : undefined
      }
      className={`jp-mod-styled casa-Input${kind === 'any' ? ' casa-mod-code' : ''}`}
      aria-invalid={isWrong}
      placeholder={emptyLabel(parameter, trans)}
      spellCheck={false}
      value={text}
      onChange={event => onChange(event.target.value)}
    />
  );
}

/** What an empty widget stands for. */
function emptyLabel(
  parameter: Parameter,
  trans: TranslationBundle
): string | undefined {
  const { default_source: source, kind, optional, required } = parameter;
  if (!required && !hasKnownDefault(parameter)) {
    return source;
  }
  if (optional) {
    return 'None';
  }
  if (kind === 'bool' || kind === 'choice') {
    return trans.__('Choose…');
  }
  if (kind === 'list') {
    return trans.__('a, b, c');
  }
  return kind === 'any' ? trans.__('JSON') : undefined;
}
