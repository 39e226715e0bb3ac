import type { IProcessorQuery, Processor } from '../../../services/models';
import { ProcessorFinder } from '../finder';

function makeProcessor(location: string, file = 'hep.py'): Processor {
  return {
    location,
    name: location.split(':')[1],
    file,
    summary: '',
    schema_name: null,
    parameters: [],
    open_ended: false
  };
}

const ALL = [makeProcessor('/a/hep.py:One'), makeProcessor('/a/nb.ipynb:Two')];

describe('ProcessorFinder', () => {
  const processors = jest.fn(
    async (query: IProcessorQuery = {}): Promise<Processor[]> => {
      switch (query.file ?? query.module) {
        case undefined:
          return ALL;
        case 'nb.ipynb':
          return [ALL[1], makeProcessor('/a/nb.ipynb:Three')];
        case 'pkg.mod':
          return [makeProcessor('pkg.mod:Four', 'pkg.mod')];
        default:
          throw new Error('There is no such thing.');
      }
    }
  );
  let finder: ProcessorFinder;

  const locations = () =>
    finder.processors?.map(({ location }) => location) ?? null;

  /** Types, and pauses. */
  const type = async (text: string) => {
    finder.lookFor(text);
    await jest.advanceTimersByTimeAsync(1000);
  };

  beforeEach(() => {
    jest.useFakeTimers();
    processors.mockClear();
  });

  afterEach(() => {
    finder.dispose();
    jest.useRealTimers();
  });

  it('lists what the user came from before all others, each once', async () => {
    finder = new ProcessorFinder({
      runs: { processors },
      first: [makeProcessor('/kept/hep.py:One')],
      file: 'nb.ipynb'
    });
    expect(locations()).toEqual(['/kept/hep.py:One']);
    await finder.ready;
    expect(locations()).toEqual([
      '/kept/hep.py:One',
      '/a/nb.ipynb:Two',
      '/a/nb.ipynb:Three',
      '/a/hep.py:One'
    ]);
    expect(finder.own).toHaveLength(2);
    expect(finder.find('hep.py:One')?.location).toBe('/kept/hep.py:One');
    expect(finder.find('ep.py:One')).toBeNull();
  });

  it('says why nothing could be searched', async () => {
    processors.mockRejectedValueOnce(new Error('No.'));
    finder = new ProcessorFinder({ runs: { processors } });
    expect(finder.processors).toBeNull();
    await finder.ready;
    expect(finder.processors).toEqual([]);
    expect(finder.problem).toBe('No.');
  });

  it('looks into a module once the user pauses, and only once', async () => {
    finder = new ProcessorFinder({ runs: { processors } });
    await finder.ready;
    finder.lookFor('pkg.m');
    await type('pkg.mod');
    expect(processors).toHaveBeenLastCalledWith({ module: 'pkg.mod' });
    expect(locations()).toContain('pkg.mod:Four');
    await type('pkg.mod:Four');
    expect(processors).toHaveBeenCalledTimes(2);
    expect(finder.find('pkg.mod:Four')).not.toBeNull();
  });

  it.each(['dimuon', 'a b', 'pkg.', '', 'hep.py', 'hep.py:One'])(
    'asks nothing for %j',
    async text => {
      finder = new ProcessorFinder({ runs: { processors } });
      await finder.ready;
      await type(text);
      expect(processors).toHaveBeenCalledTimes(1);
      expect(finder.remark).toBeNull();
    }
  );

  it('says what is wrong with what was typed, until something else is', async () => {
    finder = new ProcessorFinder({ runs: { processors } });
    await finder.ready;
    await type('gone.py:X');
    expect(processors).toHaveBeenLastCalledWith({ file: 'gone.py' });
    expect(finder.remark).toBe('There is no such thing.');
    await type('gone');
    expect(finder.remark).toBeNull();
  });
});
