import type { TranslationBundle } from '@jupyterlab/translation';
import {
  JSONExt,
  type JSONObject,
  type ReadonlyJSONValue
} from '@lumino/coreutils';
import type { Parameter, Processor } from '../../services/models';

/** What a processor takes, as far as its source tells. */
export type Signature = Pick<Processor, 'parameters' | 'open_ended'>;

/** What the user has typed for the arguments of a processor. */
export interface IArgumentInputs {
  /** By name, as typed; those that were not touched are absent. */
  readonly texts: ReadonlyMap<string, string>;

  /** Further arguments: a JSON object, or nothing. */
  readonly others: string;
}

/** Nothing was typed. */
export const NO_INPUTS: IArgumentInputs = { texts: new Map(), others: '' };

/** The signature of a processor of which nothing is known. */
export const ANYTHING: Signature = { parameters: [], open_ended: true };

/** What was read from a text: a value, nothing (the default holds), or why not. */
export type Reading =
  { readonly value: ReadonlyJSONValue } | { readonly problem: string } | null;

/** Whether there is nothing to fill in. */
export function takesNothing(
  { open_ended: openEnded, parameters }: Signature,
  { others }: IArgumentInputs
): boolean {
  return parameters.length === 0 && !openEnded && others === '';
}

/** Returns what an argument's widget shows: what was typed, else its default. */
export function shownText(
  parameter: Parameter,
  { texts }: IArgumentInputs
): string {
  return texts.get(parameter.name) ?? defaultText(parameter);
}

/** Returns the default as the user would type it; empty where it is not known. */
export function defaultText(parameter: Parameter): string {
  if (!hasKnownDefault(parameter)) {
    return '';
  }
  const { default_source: source, kind } = parameter;
  const value = parameter.default as ReadonlyJSONValue;
  // People recognise 1e-3 and 50.0 as they wrote it.
  const asWritten =
    value !== null &&
    (kind === 'int' || kind === 'float') &&
    numberOf(source, kind) === value;
  return asWritten ? source : textOf(parameter, value);
}

/** Returns how a value is typed. */
export function textOf(
  { kind, items }: Parameter,
  value: ReadonlyJSONValue
): string {
  if (value === null) {
    return '';
  }
  if (kind === 'str' && typeof value === 'string') {
    return value;
  }
  if (kind === 'list' && Array.isArray(value)) {
    const plain = (value as ReadonlyJSONValue[]).map(item =>
      typeof item === 'string' ? item : JSON.stringify(item)
    );
    const again = splitList(plain.join(', '), items);
    return again && JSONExt.deepEqual(again, value)
      ? plain.join(', ')
      : JSON.stringify(value);
  }
  return JSON.stringify(value);
}

/** Whether the default can be shown, and chosen again. */
export function hasKnownDefault({
  default: value,
  default_source: source,
  required
}: Parameter): boolean {
  return !required && (value !== null || source === 'None');
}

/** Reads what was typed for an argument. */
export function readText(
  parameter: Parameter,
  text: string,
  trans: TranslationBundle
): Reading {
  const { choices, items, kind, name, optional } = parameter;
  const typed = text.trim();
  if (typed === '') {
    return readNothing(parameter, trans);
  }
  switch (kind) {
    case 'str':
      return { value: text };
    case 'bool':
      return { value: typed === 'true' };
    case 'choice': {
      const value = choices.find(choice => JSON.stringify(choice) === typed);
      return value === undefined
        ? { problem: trans.__('Choose a value for "%1".', name) }
        : { value };
    }
    case 'int':
    case 'float': {
      const value = numberOf(typed, kind);
      if (value !== null) {
        return { value };
      }
      return {
        problem:
          kind === 'int'
            ? trans.__('Type a whole number for "%1".', name)
            : trans.__('Type a number for "%1".', name)
      };
    }
    case 'list': {
      const value = splitList(typed, items);
      return value ? { value } : { problem: listProblem(parameter, trans) };
    }
    case 'any': {
      const value = parseJson(typed);
      if (
        value === undefined ||
        (value === null && !optional && !isOpen(parameter))
      ) {
        return {
          problem: trans.__(
            'Type JSON for "%1", such as 25, "text", [1, 2] or {"a": 1}.',
            name
          )
        };
      }
      return { value };
    }
  }
}

/**
 * Returns the arguments to send, without those that have their default, or what is
 * wrong with them.
 */
export function readArguments(
  { open_ended: openEnded, parameters }: Signature,
  inputs: IArgumentInputs,
  trans: TranslationBundle
): { values: JSONObject } | { problem: string } {
  const others = readOthers(inputs.others, trans);
  if ('problem' in others) {
    return others;
  }
  const given = new Set(Object.keys(others.values));
  const values: JSONObject = {};
  for (const parameter of parameters) {
    const { name, required } = parameter;
    if (given.has(name) || !(required || inputs.texts.has(name))) {
      continue;
    }
    const reading = readText(parameter, shownText(parameter, inputs), trans);
    if (reading && 'problem' in reading) {
      return reading;
    }
    if (reading && !isDefault(parameter, reading.value)) {
      values[name] = reading.value as JSONObject[string];
    }
  }
  const known = new Set(parameters.map(({ name }) => name));
  const unknown = [...given].find(name => !known.has(name));
  if (unknown !== undefined && !openEnded) {
    return {
      problem: trans.__(
        'The processor does not take the argument "%1".',
        unknown
      )
    };
  }
  return { values: { ...values, ...others.values } };
}

/** Returns what to show for the arguments of an earlier run. */
export function inputsOf(
  { parameters }: Signature,
  values: JSONObject,
  trans: TranslationBundle
): IArgumentInputs {
  const texts = new Map<string, string>();
  const others: JSONObject = {};
  for (const [name, value] of Object.entries(values)) {
    const parameter = parameters.find(each => each.name === name);
    const text = parameter && textOf(parameter, value);
    const reading =
      parameter && text !== undefined && readText(parameter, text, trans);
    // What its widget cannot say must not become something else.
    if (
      reading &&
      'value' in reading &&
      JSONExt.deepEqual(reading.value, value)
    ) {
      texts.set(name, String(text));
    } else {
      others[name] = value;
    }
  }
  const more = Object.keys(others).length > 0;
  return { texts, others: more ? JSON.stringify(others) : '' };
}

function readNothing(parameter: Parameter, trans: TranslationBundle): Reading {
  const { kind, name, optional, required } = parameter;
  if (!required && !hasKnownDefault(parameter)) {
    return null;
  }
  if (optional) {
    return { value: null };
  }
  if (required) {
    return { problem: trans.__('Type a value for "%1".', name) };
  }
  switch (kind) {
    case 'str':
      return { value: '' };
    case 'list':
      return { value: [] };
    default:
      return { problem: trans.__('Type a value for "%1".', name) };
  }
}

function readOthers(
  text: string,
  trans: TranslationBundle
): { values: JSONObject } | { problem: string } {
  if (text.trim() === '') {
    return { values: {} };
  }
  const value = parseJson(text);
  return value !== undefined && JSONExt.isObject(value)
    ? { values: value as JSONObject }
    : {
        problem: trans.__(
          'Type the other arguments as a JSON object, such as {"year": 2018}.'
        )
      };
}

function isDefault(parameter: Parameter, value: ReadonlyJSONValue): boolean {
  return (
    hasKnownDefault(parameter) &&
    JSONExt.deepEqual(parameter.default as ReadonlyJSONValue, value)
  );
}

/** Whether anything may be given for an argument of which nothing is known. */
function isOpen({ kind, promised }: Parameter): boolean {
  return kind === 'any' && !promised;
}

function listProblem(
  { items, name }: Parameter,
  trans: TranslationBundle
): string {
  switch (items) {
    case 'int':
      return trans.__(
        'Type whole numbers for "%1", separated by commas.',
        name
      );
    case 'float':
      return trans.__('Type numbers for "%1", separated by commas.', name);
    case 'bool':
      return trans.__(
        'Type true or false for "%1", separated by commas.',
        name
      );
    default:
      return trans.__('Type values for "%1", separated by commas.', name);
  }
}

/** Reads a list: items between commas, or JSON; null when it is neither. */
function splitList(
  text: string,
  items: Parameter['items']
): ReadonlyJSONValue[] | null {
  const json = text.trim().startsWith('[') ? parseJson(text) : undefined;
  if (json !== undefined) {
    return Array.isArray(json) &&
      json.every((item: ReadonlyJSONValue) => isItem(item, items))
      ? json
      : null;
  }
  const read: ReadonlyJSONValue[] = [];
  for (const part of text.split(',').map(each => each.trim())) {
    const item = readItem(part, items);
    if (item === undefined) {
      return null;
    }
    read.push(item);
  }
  return read;
}

function readItem(
  text: string,
  items: Parameter['items']
): ReadonlyJSONValue | undefined {
  switch (items) {
    case 'str':
      return text === '' ? undefined : text;
    case 'int':
    case 'float':
      return numberOf(text, items) ?? undefined;
    case 'bool':
      return { true: true, false: false }[text.toLowerCase()];
    case 'any':
      return text === '' ? undefined : (parseJson(text) ?? text);
  }
}

function isItem(value: ReadonlyJSONValue, items: Parameter['items']): boolean {
  switch (items) {
    case 'str':
      return typeof value === 'string';
    case 'int':
      return Number.isInteger(value);
    case 'float':
      return typeof value === 'number';
    case 'bool':
      return typeof value === 'boolean';
    case 'any':
      return true;
  }
}

/** Reads a number as people and Python write it: 1e-3, 1_000, 50. */
function numberOf(text: string, kind: 'int' | 'float'): number | null {
  const digits = text.trim().replace(/(?<=\d)[\s_](?=\d)/g, '');
  const pattern =
    kind === 'int' ? /^[+-]?\d+$/ : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  const number = pattern.test(digits) ? Number(digits) : NaN;
  const isExact = kind === 'float' || Number.isSafeInteger(number);
  return Number.isFinite(number) && isExact ? number : null;
}

function parseJson(text: string): ReadonlyJSONValue | undefined {
  try {
    return JSON.parse(text) as ReadonlyJSONValue;
  } catch {
    return undefined;
  }
}
