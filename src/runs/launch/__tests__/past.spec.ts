import { nullTranslator } from '@jupyterlab/translation';
import { makeDataset, makeRunRequest } from '../../../services/__tests__/fakes';
import { PastRun } from '../past';

const trans = nullTranslator.load('casa-lab');

const REQUEST = makeRunRequest();

describe('PastRun', () => {
  it('fills the form with all that was asked for', () => {
    const past = new PastRun(
      makeRunRequest({
        new: {
          ...REQUEST.new,
          processor: { location: 'a.py:A', arguments: { pt: [1], 'é"': null } },
          cluster: 'c-1',
          schema_name: 'MySchema',
          chunksize: 5000,
          maxchunks: 2,
          column_bytes: 1.5e9,
          fail_fast: true,
          tags: ['a', 'b c', 'd, e'],
          note: 'n'
        }
      }),
      trans
    );
    expect(past.form).toMatchObject({
      processor: 'a.py:A',
      datasets: ['DY'],
      place: { cluster: 'c-1' },
      schema: 'MySchema',
      chunksize: '5000',
      maxchunks: '2',
      columnMemory: '1.5',
      failFast: true,
      name: 'Dimuon',
      tags: 'a, b c, "d, e"',
      note: 'n'
    });
    // Nothing is known of what it takes: all arguments are one JSON object.
    expect(past.form.arguments.get('a.py:A')?.others).toBe(
      '{"pt":[1],"é\\"":null}'
    );
    expect(past.processors).toEqual([]);
  });

  it('tells code that has changed since', () => {
    const processor = {
      location: '/kept/a.py:A',
      name: 'A',
      file: 'a.py',
      summary: '',
      schema_name: null,
      parameters: [],
      open_ended: false
    };
    const files = [true, false].map(
      is_current =>
        new PastRun(makeRunRequest({ is_current, processor }), trans)
          .processors[0].file
    );
    expect(files).toEqual(['a.py', 'a.py, as it was in that run']);
  });

  it('takes files from the run where they are other ones now, or gone', () => {
    const past = new PastRun(
      makeRunRequest({
        datasets: ['Same', 'Changed', 'Gone'].map(dataset => ({
          dataset,
          files: 1,
          events: 7,
          is_current: dataset === 'Same'
        }))
      }),
      trans
    );
    const listed = ['Changed', 'New', 'Same'].map(name =>
      makeDataset({ name })
    );
    expect(past.hasOther(listed)).toBe(true);
    expect(past.hasOther([listed[2]])).toBe(false);

    const before = past.datasets(listed, true);
    expect(before).toEqual([
      { name: 'Same', events: 5, isPast: false },
      { name: 'Changed', events: 7, isPast: true },
      { name: 'Gone', events: 7, isPast: true },
      { name: 'New', events: 5, isPast: false }
    ]);
    const chosen = ['Same', 'Changed', 'New'];
    expect(past.origin(chosen, before)?.datasets).toEqual(['Changed']);
    const now = past.datasets(listed, false);
    expect(past.origin([...chosen, 'Gone'], now)).toEqual({
      run: 'run-1',
      datasets: ['Gone']
    });
  });
});
