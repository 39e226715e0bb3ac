import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import type { IProcessorQuery, Processor } from '../../services/models';
import { messageOf } from '../../services/request';
import type { IRunManager } from '../tokens';

/** How long nobody types before what was typed is looked for, in milliseconds. */
const PAUSE = 400;

/** A file or a module, with or without a name behind it. */
const FILE = /^(.+\.(?:py|ipynb))(?::\w*)?$/;
const MODULE =
  /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?::\w*)?$|^([A-Za-z_]\w*):\w*$/;

/**
 * Finds the processors to choose from: in the files of the workspace, in the file
 * that the user came from, and in files and modules whose names are typed.
 */
export class ProcessorFinder implements IDisposable {
  constructor(options: ProcessorFinder.IOptions) {
    this._first = options.first ?? [];
    this._runs = options.runs;
    this._lookUp = new Debouncer(
      (query: IProcessorQuery) => this._ask(query),
      PAUSE
    );
    this.ready = Promise.all([
      this._findAll(),
      options.file ? this._findIn(options.file) : null
    ]).then(() => undefined);
  }

  /** Resolves when the search that needs nothing typed has ended. */
  readonly ready: Promise<void>;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._lookUp.isDisposed;
  }

  /** What was found, each once; null while nothing is. */
  get processors(): readonly Processor[] | null {
    const found = [...this._first, ...this._own, ...(this._all ?? [])];
    return this._all === null && found.length === 0
      ? null
      : Private.unique([...found, ...this._typed.values()].flat());
  }

  /** Those of the file that the user came from. */
  get own(): readonly Processor[] {
    return this._own;
  }

  /** Why the files could not be searched, or null. */
  get problem(): string | null {
    return this._problem;
  }

  /** What became of the search for what is typed, or null. */
  get remark(): string | null {
    return this._remark;
  }

  /** Returns a processor by its location, which may lack the folders before it. */
  find(location: string): Processor | null {
    const found = this.processors ?? [];
    return (
      found.find(each => each.location === location) ??
      found.find(each => each.location.endsWith(`/${location}`)) ??
      null
    );
  }

  /** Looks for what is typed, once the user pauses, if it names a file or module. */
  lookFor(text: string): void {
    const query = Private.queryIn(text.trim());
    this._wanted = query && Private.key(query);
    this._setRemark(null);
    if (query && !this._typed.has(Private.key(query)) && !this._has(query)) {
      void this._lookUp.invoke(query);
    }
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._lookUp.dispose();
      Signal.clearData(this);
    }
  }

  private async _findAll(): Promise<void> {
    try {
      this._all = await this._runs.processors();
    } catch (error) {
      this._all = [];
      this._problem = messageOf(error);
    }
    this._emit();
  }

  private async _findIn(file: string): Promise<void> {
    try {
      this._own = await this._runs.processors({ file });
    } catch (error) {
      this._problem = messageOf(error);
    }
    this._emit();
  }

  private async _ask(query: IProcessorQuery): Promise<void> {
    const key = Private.key(query);
    if (key !== this._wanted) {
      return;
    }
    try {
      this._typed.set(key, await this._runs.processors(query));
      this._emit();
    } catch (error) {
      if (key === this._wanted) {
        this._setRemark(messageOf(error));
      }
    }
  }

  /** Whether the list has processors of a file already. */
  private _has({ file }: IProcessorQuery): boolean {
    const found = this.processors ?? [];
    return (
      file !== undefined &&
      found.some(({ location }) => `/${location}`.includes(`/${file}:`))
    );
  }

  private _setRemark(remark: string | null): void {
    if (remark !== this._remark) {
      this._remark = remark;
      this._emit();
    }
  }

  private _emit(): void {
    if (!this.isDisposed) {
      this._changed.emit();
    }
  }

  private _all: readonly Processor[] | null = null;
  private _changed = new Signal<this, void>(this);
  private _first: readonly Processor[];
  private _lookUp: Debouncer<void, unknown, [IProcessorQuery]>;
  private _own: readonly Processor[] = [];
  private _problem: string | null = null;
  private _remark: string | null = null;
  private _runs: Pick<IRunManager, 'processors'>;
  private _typed = new Map<string, readonly Processor[]>();
  private _wanted: string | null = null;
}

export namespace ProcessorFinder {
  export interface IOptions {
    runs: Pick<IRunManager, 'processors'>;

    /** Processors to list before all others. */
    first?: readonly Processor[];

    /** The file whose processors are listed next. */
    file?: string;
  }
}

namespace Private {
  /** Returns what is to be asked for a text, or null when it is just words. */
  export function queryIn(text: string): IProcessorQuery | null {
    const file = FILE.exec(text);
    if (file) {
      return { file: file[1] };
    }
    const module = MODULE.exec(text);
    return module && { module: module[1] ?? module[2] };
  }

  export function key({ file, module }: IProcessorQuery): string {
    return file ?? `${module}:`;
  }

  export function unique(processors: readonly Processor[]): Processor[] {
    const found = new Map<string, Processor>();
    for (const processor of processors) {
      if (!found.has(processor.location)) {
        found.set(processor.location, processor);
      }
    }
    return [...found.values()];
  }
}
