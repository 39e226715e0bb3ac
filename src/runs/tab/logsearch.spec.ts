import { findAll, split } from './logsearch';

describe('searching a log', () => {
  it('finds text in whatever case, taken as it is', () => {
    expect(findAll('a.b A.B axb', 'a.b')).toEqual([0, 4]);
    expect(findAll('(1) [2] (1', '(1')).toEqual([0, 8]);
    expect(findAll('aaaa', 'aa')).toEqual([0, 2]);
    expect(findAll('anything', '')).toEqual([]);
  });

  it('has an end', () => {
    expect(findAll('x'.repeat(100_000), 'x')).toHaveLength(1_000);
  });

  it('cuts the text up without losing any of it', () => {
    const text = 'one two one';
    const parts = split(text, findAll(text, 'one'), 3);
    expect(parts).toEqual(['', 'one', ' two ', 'one', '']);
    expect(parts.join('')).toBe(text);
    expect(split(text, [], 0)).toEqual([text]);
  });
});
