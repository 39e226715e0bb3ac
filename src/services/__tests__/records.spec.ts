import { type IRecord, Records } from '../records';

interface INote extends IRecord {
  text: string;
}

function note(id: string, text: string, updated = 1, created = 1): INote {
  return { id, text, updated, created };
}

describe('Records', () => {
  let records: Records<INote>;
  const texts = () => records.all.map(({ text }) => text);

  beforeEach(() => {
    records = new Records();
  });

  it('lists the newest first', () => {
    records.replace([note('a', 'old', 1, 1), note('b', 'new', 1, 2)], 0);
    expect(texts()).toEqual(['new', 'old']);
  });

  it('says whether a user could see a change', () => {
    expect(records.put(note('a', 'one'))).toBe(true);
    const before = records.all;
    expect(records.put(note('a', 'one', 2))).toBe(false);
    expect(records.all).toBe(before);
    expect(records.put(note('a', 'two', 3))).toBe(true);
    expect(records.remove('a')).toBe(true);
    expect(records.remove('a')).toBe(false);
  });

  it('keeps a later record when an earlier one arrives after it', () => {
    records.put(note('a', 'later', 5));
    expect(records.put(note('a', 'earlier', 4))).toBe(false);
    expect(texts()).toEqual(['later']);
  });

  it('counts heartbeats when it tells later from earlier', () => {
    records.put(note('a', 'one', 1));
    records.put(note('a', 'one', 5));
    expect(records.put(note('a', 'overtaken', 4))).toBe(false);
  });

  it('lets announcements made since a list was asked for win over it', () => {
    records.replace([note('a', 'a'), note('b', 'b')], records.mark());
    const mark = records.mark();
    records.put(note('a', 'a, announced', 2));
    records.put(note('c', 'c, announced', 2));
    records.remove('b');
    expect(records.replace([note('a', 'a'), note('b', 'b')], mark)).toBe(false);
    expect(texts().sort()).toEqual(['a, announced', 'c, announced']);
  });

  it('lets a list win over announcements made before it was asked for', () => {
    records.put(note('a', 'announced', 2));
    records.put(note('b', 'gone since', 2));
    expect(records.replace([note('a', 'listed', 2)], records.mark())).toBe(
      true
    );
    expect(texts()).toEqual(['listed']);
  });
});
