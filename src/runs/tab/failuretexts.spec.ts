import { nullTranslator } from '@jupyterlab/translation';
import {
  amountOf,
  amountText,
  failureText,
  groupText,
  placeText
} from './failuretexts';
import { makeFailure, makeGroup } from './testing';

const trans = nullTranslator.load('casa-lab');
const unread = makeGroup({
  kind: 'file missing',
  chunks: 3,
  events: 0,
  unread_files: 3,
  files_total: 3
});

describe('amountText', () => {
  const text = (...groups: ReturnType<typeof makeGroup>[]): string =>
    amountText(amountOf(groups), trans);

  it('counts events', () => {
    expect(text(makeGroup({ events: 1_200_000 }))).toBe('1,200,000 events');
    expect(text(makeGroup({ events: 1 }))).toBe('1 event');
  });

  it('does not pretend to know the events of unread files', () => {
    expect(text(unread)).toBe('3 files that could not be read');
    expect(text(makeGroup(), unread)).toBe(
      '200 events and 3 files that could not be read'
    );
  });
});

describe('groupText', () => {
  it('says how much, where and how often', () => {
    expect(groupText(makeGroup({ attempts: 3 }), trans)).toBe(
      '2 chunks · 1 file · 200 events · on node-1 · 3 attempts'
    );
    expect(groupText({ ...unread, hosts: ['a', 'b'] }, trans)).toBe(
      '3 chunks · 3 files · on 2 hosts'
    );
  });

  it('tells the memory of workers that were lost', () => {
    const lost = makeGroup({ kind: 'worker lost', peak_memory_bytes: 4.2e9 });
    expect(groupText(lost, trans)).toContain(' · 4.2 GB in use');
  });
});

describe('placeText', () => {
  const [place] = makeGroup().places;

  it('names the entries, or the whole file', () => {
    expect(placeText(place, trans)).toBe(
      'ttbar · entries 0 to 200 · 2 chunks · node-1'
    );
    const whole = { ...place, entry_start: null, entry_stop: null, chunks: 1 };
    expect(placeText({ ...whole, host: '' }, trans)).toBe('ttbar · whole file');
  });
});

describe('failureText', () => {
  it('has all that somebody else needs', () => {
    expect(failureText(makeFailure())).toBe(
      'The processor raised IndexError: too far.\n\n' +
        'ttbar: /data/ttbar.root:Events [0:100]\n\n' +
        'Traceback (most recent call last): ...'
    );
  });
});
