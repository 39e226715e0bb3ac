import { joinTags, splitTags } from '../tags';

describe('splitTags', () => {
  it.each([
    ['', []],
    [' , a b,c,, a b', ['a b', 'c']],
    ['"pt > 30, eta < 2",muon', ['pt > 30, eta < 2', 'muon']],
    ['muon , "a,b" ', ['muon', 'a,b']],
    ['"say ""hi"", you", x', ['say "hi", you', 'x']],
    ['5" disc, b', ['5" disc', 'b']],
    ['"not closed, b', ['"not closed', 'b']],
    ['"a" b, c', ['"a" b', 'c']],
    ['""', ['""']]
  ])('reads %p', (text, tags) => {
    expect(splitTags(text)).toEqual(tags);
  });
});

describe('joinTags', () => {
  it.each([
    [[], ''],
    [['a', 'b c'], 'a, b c'],
    [['a, b', 'c'], '"a, b", c'],
    [['"a"', 'x"y', '"a, b'], '"""a""", x"y, """a, b"'],
    [[',', '"', '""', '5", b'], '",", """", """""", "5"", b"']
  ])('writes %p so that it is read again', (tags, text) => {
    expect(joinTags(tags)).toBe(text);
    expect(splitTags(text)).toEqual(tags);
  });
});
