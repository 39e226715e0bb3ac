import type { INotebookContent } from '@jupyterlab/nbformat';
import type { Contents, KernelSpec } from '@jupyterlab/services';
import type { CommandRegistry } from '@lumino/commands';

/** Opens documents; the application has it wherever there are any. */
const OPEN = 'docmanager:open';

/** Makes notebooks with code in them, and opens them. */
export class NotebookMaker {
  constructor(options: NotebookMaker.IOptions) {
    this._options = options;
  }

  /** Whether there is anything that opens notebooks. */
  get isAvailable(): boolean {
    return this._options.commands.hasCommand(OPEN);
  }

  /**
   * Opens a new notebook; nothing in it is executed.
   *
   * @param cells - the code of each cell
   */
  async open(cells: readonly string[]): Promise<void> {
    const { commands, contents, folder, kernelspecs } = this._options;
    const { path } = await contents.newUntitled({
      path: folder(),
      type: 'notebook'
    });
    await kernelspecs.ready;
    const kernel = kernelspecs.specs?.default;
    await contents.save(path, {
      type: 'notebook',
      format: 'json',
      content: notebookOf(cells, kernel, kernelspecs)
    });
    await commands.execute(OPEN, {
      path,
      factory: 'Notebook',
      ...(kernel ? { kernel: { name: kernel } } : {})
    });
  }

  private _options: NotebookMaker.IOptions;
}

export namespace NotebookMaker {
  export interface IOptions {
    commands: CommandRegistry;
    contents: Pick<Contents.IManager, 'newUntitled' | 'save'>;
    kernelspecs: Pick<KernelSpec.IManager, 'ready' | 'specs'>;

    /** Returns the folder in which notebooks are made. */
    folder: () => string;
  }
}

function notebookOf(
  cells: readonly string[],
  kernel: string | undefined,
  { specs }: Pick<KernelSpec.IManager, 'specs'>
): INotebookContent {
  const spec = kernel === undefined ? undefined : specs?.kernelspecs[kernel];
  return {
    cells: cells.map(source => ({
      cell_type: 'code',
      execution_count: null,
      metadata: {},
      outputs: [],
      source
    })),
    metadata: spec
      ? { kernelspec: { name: spec.name, display_name: spec.display_name } }
      : {},
    nbformat: 4,
    nbformat_minor: 4
  };
}

/**
 * Returns code as cells: what comes last is a cell of its own, so that one can
 * look at what it works on before it is run.
 */
export function cellsOf(code: string): string[] {
  const lines = code.trimEnd().split('\n');
  const last = lines.pop() ?? '';
  const before = lines.join('\n').trimEnd();
  return [before, last].filter(cell => cell !== '');
}
