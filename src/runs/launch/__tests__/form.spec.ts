import { nullTranslator } from '@jupyterlab/translation';
import {
  LOCAL,
  makeCluster,
  makeDataset
} from '../../../services/__tests__/fakes';
import {
  eventsIn,
  type ILaunchForm,
  isLocation,
  missing,
  places,
  toNewRun
} from '../form';

const NOTHING = { parameters: [], open_ended: false };

const trans = nullTranslator.load('casa-lab');

function form(change: Partial<ILaunchForm> = {}): ILaunchForm {
  return {
    processor: 'examples/dimuon.py:Dimuon',
    datasets: ['DY'],
    place: { profile: 'local' },
    schema: '',
    chunksize: '100000',
    maxchunks: '',
    columnMemory: '',
    failFast: false,
    arguments: new Map(),
    name: '',
    tags: '',
    note: '',
    ...change
  };
}

describe('missing', () => {
  it('finds nothing in a complete form', () => {
    expect(missing(form(), NOTHING, trans)).toBeNull();
  });

  it.each<[Partial<ILaunchForm>, string]>([
    [{ processor: ' ' }, 'Choose a processor.'],
    [{ processor: 'dimuon.py' }, 'path/to/file.py:ClassName'],
    [{ datasets: [] }, 'Choose at least one dataset.'],
    [{ chunksize: '0' }, 'whole number'],
    [{ chunksize: '1e5' }, 'whole number'],
    [{ chunksize: '-3' }, 'whole number'],
    [{ maxchunks: 'x' }, 'number of chunks'],
    [{ columnMemory: 'all' }, 'number of gigabytes'],
    [{ columnMemory: '0' }, 'number of gigabytes'],
    [{ columnMemory: '-1' }, 'number of gigabytes'],
    [{ tags: `a, ${'x'.repeat(101)}` }, 'at most']
  ])('says what %j lacks', (change, sentence) => {
    expect(missing(form(change), NOTHING, trans)).toContain(sentence);
  });
});

describe('isLocation', () => {
  it.each(['a.py:A', 'package.module:Name', '/abs/p.py:_Private', ' a.py:A '])(
    'takes %j',
    text => {
      expect(isLocation(text)).toBe(true);
    }
  );

  it.each(['', 'a.py', 'a.py:', ':A', 'a.py:1A', 'a.py:A B'])(
    'refuses %j',
    text => {
      expect(isLocation(text)).toBe(false);
    }
  );
});

describe('toNewRun', () => {
  it('asks for a profile', () => {
    expect(toNewRun(form({ chunksize: '' }), NOTHING, trans)).toEqual({
      processor: { location: 'examples/dimuon.py:Dimuon', arguments: {} },
      datasets: ['DY'],
      cluster: null,
      profile: 'local',
      schema_name: null,
      chunksize: null,
      maxchunks: null,
      column_bytes: null,
      fail_fast: false,
      name: null,
      tags: [],
      note: ''
    });
  });

  it.each<[string, number]>([
    ['2', 2e9],
    [' 0,5 GB ', 5e8],
    ['1.25', 1.25e9]
  ])('keeps columns in %j', (columnMemory, bytes) => {
    expect(toNewRun(form({ columnMemory }), NOTHING, trans).column_bytes).toBe(
      bytes
    );
  });

  it('asks for a cluster, a schema and a chunk size as people write it', () => {
    expect(
      toNewRun(
        form({
          place: { cluster: 'c1' },
          schema: 'BaseSchema',
          chunksize: ' 50 000 ',
          maxchunks: '3',
          failFast: true,
          name: ' First look ',
          tags: 'a, b,, a , "c, d"',
          note: ' Why. '
        }),
        NOTHING,
        trans
      )
    ).toMatchObject({
      cluster: 'c1',
      schema_name: 'BaseSchema',
      chunksize: 50_000,
      maxchunks: 3,
      fail_fast: true,
      name: 'First look',
      tags: ['a', 'b', 'c, d'],
      note: 'Why.'
    });
  });
});

describe('places', () => {
  const keys = (...clusters: ReturnType<typeof makeCluster>[]) =>
    places([LOCAL], clusters, trans).map(({ key }) => key);

  it('offers to start a cluster', () => {
    expect(places([LOCAL], [], trans)).toEqual([
      {
        key: 'profile:local',
        label: 'Local (starts with the run)',
        place: { profile: 'local' }
      }
    ]);
  });

  it('lets the profile stand for its only cluster', () => {
    expect(keys(makeCluster())).toEqual(['profile:local']);
    expect(places([LOCAL], [makeCluster()], trans)[0].label).toBe(
      'Local (running, 2 workers)'
    );
  });

  it('lists clusters that the profile does not tell apart', () => {
    expect(keys(makeCluster(), makeCluster({ id: 'cluster-2' }))).toEqual([
      'cluster:cluster-1',
      'cluster:cluster-2'
    ]);
  });

  it('lists clusters of other profiles, and none that have ended', () => {
    expect(
      keys(
        makeCluster({ id: 'farm-1', profile: 'farm' }),
        makeCluster({ state: 'lost' })
      )
    ).toEqual(['profile:local', 'cluster:farm-1']);
  });
});

describe('eventsIn', () => {
  it('sums, unless a dataset does not know', () => {
    const known = makeDataset();
    expect(eventsIn([known, known])).toBe(10);
    expect(eventsIn([known, makeDataset({ events: null })])).toBeNull();
  });
});
