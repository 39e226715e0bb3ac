import { CommandRegistry } from '@lumino/commands';
import { cellsOf, NotebookMaker } from '../notebooks';

const specs = {
  default: 'python3',
  kernelspecs: {
    python3: {
      name: 'python3',
      display_name: 'Python 3',
      language: 'python',
      argv: [],
      resources: {}
    }
  }
};

describe('NotebookMaker', () => {
  it('makes a notebook with the default kernel, and opens it', async () => {
    const commands = new CommandRegistry();
    const contents = {
      newUntitled: jest.fn(async () => ({ path: 'here/Untitled.ipynb' })),
      save: jest.fn(async () => undefined)
    };
    const maker = new NotebookMaker({
      commands,
      contents: contents as never,
      kernelspecs: { ready: Promise.resolve(), specs },
      folder: () => 'here'
    });
    expect(maker.isAvailable).toBe(false);
    const open = jest.fn();
    commands.addCommand('docmanager:open', {
      describedBy: { args: {} },
      execute: open
    });
    expect(maker.isAvailable).toBe(true);

    await maker.open(['a = 1', 'a']);
    expect(contents.newUntitled).toHaveBeenCalledWith({
      path: 'here',
      type: 'notebook'
    });
    expect(contents.save).toHaveBeenCalledWith(
      'here/Untitled.ipynb',
      expect.objectContaining({
        content: expect.objectContaining({
          cells: ['a = 1', 'a'].map(source =>
            expect.objectContaining({ cell_type: 'code', source, outputs: [] })
          ),
          metadata: {
            kernelspec: { name: 'python3', display_name: 'Python 3' }
          }
        })
      })
    );
    expect(open).toHaveBeenCalledWith({
      path: 'here/Untitled.ipynb',
      factory: 'Notebook',
      kernel: { name: 'python3' }
    });
  });
});

test('the last line of code is a cell of its own', () => {
  expect(cellsOf('a = 1\n\nb = 2\nprint(b)\n')).toEqual([
    'a = 1\n\nb = 2',
    'print(b)'
  ]);
  expect(cellsOf('a')).toEqual(['a']);
});
