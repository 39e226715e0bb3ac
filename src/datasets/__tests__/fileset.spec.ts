import { makeDataset } from '../../services/__tests__/fakes';
import { filesetCode, pythonLiteral } from '../fileset';

describe('filesetCode', () => {
  it('writes a Coffea fileset', () => {
    expect(filesetCode([makeDataset({ metadata: { is_data: false } })])).toBe(
      `fileset = {
    "DY": {
        "files": {
            "/data/dy.root": "Events",
        },
        "metadata": {
            "is_data": False,
        },
    },
}`
    );
  });

  it('holds several datasets, and leaves out empty metadata', () => {
    const code = filesetCode([makeDataset(), makeDataset({ name: 'TT' })]);
    expect(code).toContain('    "DY": {');
    expect(code).toContain('    "TT": {');
    expect(code).not.toContain('metadata');
  });
});

describe('pythonLiteral', () => {
  it.each([
    [null, 'None'],
    [true, 'True'],
    [1.5, '1.5'],
    ['a "quote" and a \\', '"a \\"quote\\" and a \\\\"'],
    ['line\nbreak', '"line\\nbreak"'],
    ['µµ', '"µµ"'],
    [[], '[]'],
    [{}, '{}'],
    [[1, [null]], '[\n    1,\n    [\n        None,\n    ],\n]']
  ])('writes %j', (value, literal) => {
    expect(pythonLiteral(value)).toBe(literal);
  });
});
