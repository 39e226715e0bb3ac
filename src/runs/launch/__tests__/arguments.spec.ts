import { nullTranslator } from '@jupyterlab/translation';
import type { JSONObject } from '@lumino/coreutils';
import type { Parameter } from '../../../services/models';
import {
  defaultText,
  inputsOf,
  readArguments,
  readText,
  type Signature,
  takesNothing,
  textOf
} from '../arguments';

const trans = nullTranslator.load('casa-lab');

function parameter(change: Partial<Parameter> = {}): Parameter {
  return {
    name: 'x',
    kind: 'any',
    items: 'any',
    choices: [],
    optional: false,
    promised: true,
    required: true,
    default: null,
    default_source: '',
    description: '',
    ...change
  };
}

function withDefault(
  value: unknown,
  change: Partial<Parameter> = {}
): Parameter {
  return parameter({
    required: false,
    default: value,
    default_source: value === null ? 'None' : JSON.stringify(value),
    ...change
  });
}

describe('readText', () => {
  it.each<[Partial<Parameter>, string, unknown]>([
    [{ kind: 'bool' }, 'true', true],
    [{ kind: 'bool' }, 'false', false],
    [{ kind: 'int' }, ' 1_000 ', 1000],
    [{ kind: 'int' }, '-3', -3],
    [{ kind: 'float' }, '1e-3', 0.001],
    [{ kind: 'float' }, '.5', 0.5],
    [{ kind: 'float' }, '59 740', 59740],
    [{ kind: 'str' }, ' spaces stay ', ' spaces stay '],
    [{ kind: 'str' }, '2018', '2018'],
    [{ kind: 'choice', choices: ['a', 2] }, '2', 2],
    [{ kind: 'choice', choices: ['a', 2] }, '"a"', 'a'],
    [{ kind: 'list', items: 'float' }, '1, 2.5', [1, 2.5]],
    [{ kind: 'list', items: 'str' }, 'a, b c', ['a', 'b c']],
    [{ kind: 'list', items: 'str' }, '["a, b"]', ['a, b']],
    [{ kind: 'list' }, '1, two, true', [1, 'two', true]],
    [{ kind: 'list', items: 'bool' }, 'True, false', [true, false]],
    [{ kind: 'any' }, '{"a": [1]}', { a: [1] }],
    [{ kind: 'str', optional: true }, '', null],
    [{ kind: 'float', optional: true }, '', null]
  ])('reads %j from %j', (change, text, value) => {
    expect(readText(parameter(change), text, trans)).toEqual({ value });
  });

  it.each<[Partial<Parameter>, string, string]>([
    [{ kind: 'int' }, '1.5', 'whole number'],
    [{ kind: 'int' }, '99999999999999999999', 'whole number'],
    [{ kind: 'float' }, 'high', 'Type a number for "x"'],
    [{ kind: 'float' }, '1e999', 'Type a number'],
    [{ kind: 'float' }, '', 'Type a value for "x"'],
    [{ kind: 'str' }, '', 'Type a value for "x"'],
    [{ kind: 'choice', choices: ['a'] }, '"b"', 'Choose a value'],
    [{ kind: 'list', items: 'int' }, '1, x', 'whole numbers'],
    [{ kind: 'list', items: 'int' }, '["x"]', 'whole numbers'],
    [{ kind: 'list', items: 'str' }, 'a,,b', 'separated by commas'],
    [{ kind: 'any' }, '{a: 1}', 'JSON']
  ])('says what is wrong with %j from %j', (change, text, sentence) => {
    const reading = readText(parameter(change), text, trans);
    expect(reading && 'problem' in reading && reading.problem).toContain(
      sentence
    );
  });

  it('leaves a default alone that nobody knows', () => {
    const unknown = parameter({ required: false, default_source: 'np.pi' });
    expect(readText(unknown, '', trans)).toBeNull();
  });
});

describe('defaultText', () => {
  it('shows numbers as they were written', () => {
    const written = (source: string, value: number) =>
      defaultText(
        withDefault(value, { kind: 'float', default_source: source })
      );
    expect(written('50.0', 50)).toBe('50.0');
    expect(written('1e-3', 0.001)).toBe('1e-3');
    expect(written('DEFAULT', 20)).toBe('20');
  });

  it.each<[Partial<Parameter>, unknown, string]>([
    [{ kind: 'str' }, '2018', '2018'],
    [{ kind: 'bool' }, true, 'true'],
    [{ kind: 'choice', choices: ['a'] }, 'a', '"a"'],
    [{ kind: 'list', items: 'float' }, [20, 30], '20, 30'],
    [{ kind: 'list', items: 'str' }, ['a, b', 'c'], '["a, b","c"]'],
    [{ kind: 'list', items: 'str' }, [], '[]'],
    [{ kind: 'any' }, { a: 1 }, '{"a":1}'],
    [{ kind: 'float', optional: true }, null, '']
  ])('shows the default of %j', (change, value, text) => {
    expect(defaultText(withDefault(value, change))).toBe(text);
  });

  it('is empty where there is none', () => {
    expect(defaultText(parameter())).toBe('');
    expect(
      defaultText(parameter({ required: false, default_source: 'np.pi' }))
    ).toBe('');
  });
});

describe('readArguments', () => {
  const signature: Signature = {
    parameters: [
      withDefault(50, { name: 'luminosity', kind: 'float' }),
      parameter({ name: 'year', kind: 'str' })
    ],
    open_ended: false
  };
  const read = (texts: Record<string, string>, others = '') =>
    readArguments(
      signature,
      { texts: new Map(Object.entries(texts)), others },
      trans
    );

  it('sends what is required and what was changed', () => {
    expect(read({ year: '2018' })).toEqual({ values: { year: '2018' } });
    expect(read({ year: '2018', luminosity: '50' })).toEqual({
      values: { year: '2018' }
    });
    expect(read({ year: '2018', luminosity: '59.7' })).toEqual({
      values: { year: '2018', luminosity: 59.7 }
    });
  });

  it('says what is missing, wrong or unknown', () => {
    expect(read({})).toEqual({ problem: 'Type a value for "year".' });
    expect(read({ year: 'a', luminosity: 'b' })).toEqual({
      problem: 'Type a number for "luminosity".'
    });
    expect(read({ year: 'a' }, '{"pt": 1}')).toEqual({
      problem: 'The processor does not take the argument "pt".'
    });
    expect(read({ year: 'a' }, '[1]')).toHaveProperty('problem');
  });

  it('takes other arguments where the processor may', () => {
    const inputs = { texts: new Map(), others: '{"pt": 1}' };
    expect(
      readArguments({ parameters: [], open_ended: true }, inputs, trans)
    ).toEqual({ values: { pt: 1 } });
  });

  it.each<JSONObject>([
    { year: '2018', luminosity: 59.7 },
    { year: '2018' },
    // Not what the widget would say: it must stay a number.
    { year: 2018 },
    { year: 'a', luminosity: null },
    { year: 'a', toString: 1 }
  ])('gives %j of an earlier run again', values => {
    const open = { ...signature, open_ended: true };
    const inputs = inputsOf(open, values, trans);
    expect(readArguments(open, inputs, trans)).toEqual({ values });
  });
});

describe('textOf', () => {
  it('survives hostile texts', () => {
    const list = parameter({ kind: 'list', items: 'str' });
    for (const items of [['<b>'], ['a,b'], [' a'], [''], ['[1]'], ['"']]) {
      expect(readText(list, textOf(list, items), trans)).toEqual({
        value: items
      });
    }
  });
});

describe('takesNothing', () => {
  it('is so without arguments, unless an earlier run had some', () => {
    const none: Signature = { parameters: [], open_ended: false };
    expect(takesNothing(none, { texts: new Map(), others: '' })).toBe(true);
    expect(takesNothing(none, { texts: new Map(), others: '{}' })).toBe(false);
  });
});
