import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { makeRun } from '../../services/__tests__/fakes';
import { makeChanges, makeDetails } from '../tab/testing';
import { Differences } from './changes';
import { DetailsView } from './details';
import { kindOf } from './diff';
import { Labels } from './labels';
import { ratioOf } from './metrics';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const trans = nullTranslator.load('casa-lab');
const HOSTILE = '<img src=x onerror=alert(1)>"\u202e💥' + 'x'.repeat(500);

describe('The views of history', () => {
  let host: HTMLElement;
  let root: Root;

  const show = (view: JSX.Element) => act(async () => root.render(view));
  const text = () => host.textContent ?? '';
  const press = (name: string) =>
    act(async () => {
      const button = [...host.querySelectorAll('button')].find(
        each => each.textContent === name || each.title === name
      );
      button?.click();
    });
  const type = (field: Element | null, value: string) =>
    act(async () => {
      const prototype = Object.getPrototypeOf(field) as object;
      Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(
        field,
        value
      );
      field?.dispatchEvent(new Event('input', { bubbles: true }));
    });

  beforeEach(() => {
    host = document.createElement('div');
    document.body.append(host);
    root = createRoot(host);
  });

  afterEach(() => {
    act(() => root.unmount());
    host.remove();
  });

  it('shows what a run was made of', async () => {
    const command = 'casa-lab run ttbar.py:TTbar';
    await show(
      <DetailsView details={makeDetails()} command={command} trans={trans} />
    );
    for (const expected of [
      command,
      '/code/ttbar.py:TTbar',
      'abc-dirty',
      'a = 2',
      'UUID 0a1b',
      '831.76',
      'coffea2025.1',
      'pt20'
    ]) {
      expect(text()).toContain(expected);
    }
  });

  it('says what is not known of a run', async () => {
    const details = makeDetails({ arguments: {}, sources: [], git: null });
    await show(<DetailsView details={details} trans={trans} />);
    expect(text()).toContain('Defaults only.');
    expect(text()).toContain('No copy was kept');
    expect(text()).not.toContain('Git revision');
    expect(host.querySelector('.casa-Diff')).toBeNull();
  });

  it('shows what changed, and only that', async () => {
    const changes = makeChanges({
      code: [{ path: 'a.py', diff: '-a\n+b', added: 1, removed: 1 }],
      arguments: [{ name: 'pt', before: '20', after: null }],
      datasets: [
        {
          dataset: 'DY',
          kind: 'changed',
          files_added: ['new.root'],
          files_removed: [],
          files_replaced: [],
          added: 30,
          removed: 0,
          replaced: 0,
          metadata: []
        }
      ]
    });
    await show(<Differences changes={changes} trans={trans} />);
    expect(text()).toContain('not given');
    expect(text()).toContain('30 files more');
    expect(text()).toContain('and 29 more');
    expect(text()).not.toContain('Versions');
    expect(host.querySelectorAll('[data-kind=added]')).toHaveLength(1);
  });

  it('says when nothing changed', async () => {
    await show(<Differences changes={makeChanges()} trans={trans} />);
    expect(text()).toContain('are the same');
  });

  it('takes hostile names as text', async () => {
    const details = makeDetails({
      location: HOSTILE,
      arguments: { [HOSTILE]: HOSTILE },
      sources: [{ path: HOSTILE, text: HOSTILE, truncated: true }],
      diff: HOSTILE
    });
    const changes = makeChanges({
      versions: [{ name: HOSTILE, before: HOSTILE, after: HOSTILE }]
    });
    await show(
      <>
        <DetailsView details={details} trans={trans} />
        <Differences changes={changes} trans={trans} />
        <Labels
          run={makeRun({ tags: [HOSTILE], note: HOSTILE })}
          label={async () => undefined}
          trans={trans}
        />
      </>
    );
    expect(host.querySelector('img')).toBeNull();
    expect(text()).toContain(HOSTILE);
  });

  it('changes labels', async () => {
    const label = jest.fn(async () => undefined);
    const run = makeRun({ tags: ['a'], note: 'old' });
    await show(<Labels run={run} label={label} trans={trans} />);
    await press('Edit name, tags and note');
    const [name, tags] = host.querySelectorAll('input');
    await type(name, 'Better');
    await type(tags, 'a, b ,, a');
    await press('Save');
    expect(label).toHaveBeenCalledWith({
      name: 'Better',
      tags: ['a', 'b'],
      note: 'old'
    });
    expect(host.querySelector('form')).toBeNull();
  });

  it('keeps tags with commas when something else is changed', async () => {
    const label = jest.fn(async () => undefined);
    const tags = ['pt > 30, eta < 2', 'muon'];
    await show(<Labels run={makeRun({ tags })} label={label} trans={trans} />);
    await press('Edit name, tags and note');
    await type(host.querySelector('textarea'), 'a note');
    await press('Save');
    expect(label).toHaveBeenCalledWith(expect.objectContaining({ tags }));
  });

  it('says what is wrong with tags without asking the server', async () => {
    const label = jest.fn(async () => undefined);
    await show(<Labels run={makeRun()} label={label} trans={trans} />);
    await press('Edit name, tags and note');
    await type(host.querySelectorAll('input')[1], `a, ${'x'.repeat(101)}`);
    await press('Save');
    expect(text()).toContain('A tag can have 100 characters at most.');
    expect(label).not.toHaveBeenCalled();
  });

  it('keeps what was typed when that cannot be saved', async () => {
    const label = jest.fn(() => Promise.reject(new Error('Too long.')));
    await show(<Labels run={makeRun()} label={label} trans={trans} />);
    await press('Edit name, tags and note');
    await type(host.querySelector('textarea'), 'a note');
    await press('Save');
    expect(text()).toContain('Too long.');
    expect(host.querySelector('textarea')?.value).toBe('a note');
    await press('Cancel');
    expect(host.querySelector('form')).toBeNull();
  });
});

it.each([
  ['+a', 'added'],
  ['-a', 'removed'],
  [' a', 'same'],
  ['', 'same'],
  ['@@ -1 +1 @@', 'place'],
  ['+++ a.py', 'place'],
  ['--- a.py', 'place'],
  ['diff --git a b', 'place']
])('%p of a diff is %s', (line, kind) => {
  expect(kindOf(line)).toBe(kind);
});

it('has no ratio where it would say nothing', () => {
  const metric = { name: 'x', unit: '', before: 1, after: 2 };
  expect(ratioOf(metric)).toBe('× 2.00');
  expect(ratioOf({ ...metric, after: 1 })).toBe('');
  expect(ratioOf({ ...metric, before: 0 })).toBe('');
  expect(ratioOf({ ...metric, after: null })).toBe('');
});
