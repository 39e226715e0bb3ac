import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  MainAreaWidget,
  Notification,
  WidgetTracker
} from '@jupyterlab/apputils';
import { CodeViewerWidget, IEditorServices } from '@jupyterlab/codeeditor';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import { pythonIcon } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import { CommandIDs } from '../../commands';
import { messageOf } from '../../services/request';
import { IRunManager } from '../tokens';

/** Opens code of runs as files, which cannot be changed. */
export const runCodePlugin: JupyterFrontEndPlugin<void> = {
  id: 'casa-lab:run-code',
  description: 'Adds a command that opens the code of a run.',
  autoStart: true,
  requires: [IRunManager, IEditorServices],
  optional: [ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    runs: IRunManager,
    editors: IEditorServices,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ) => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('casa-lab');
    const tracker = new WidgetTracker<CodeTab>({ namespace: 'casa-run-code' });

    /** Makes the tab of a file of code, as it was when the run was launched. */
    const load = async (run: string, path: string): Promise<CodeTab> => {
      const { created, sources } = await runs.details(run);
      const source = sources.find(each => each.path === path);
      if (!source) {
        throw new Error(trans.__('The run has kept no copy of %1.', path));
      }
      const content = CodeViewerWidget.createCodeViewer({
        content: source.text,
        editorOptions: { config: { lineNumbers: true } },
        factory: options => editors.factoryService.newDocumentEditor(options),
        mimeType: editors.mimeTypeService.getMimeTypeByFilePath(path)
      });
      const name = runs.get(run)?.name ?? run;
      const remark = remarkOn(name, created, source.truncated, trans);
      return new CodeTab({ content, name, path, remark, run });
    };

    commands.addCommand(CommandIDs.openRunCode, {
      label: trans.__('Open Code of a Run'),
      caption: trans.__('Show a file as it was when the run was launched'),
      describedBy: {
        args: {
          type: 'object',
          required: ['run', 'path'],
          properties: {
            run: { type: 'string', description: trans.__('Id of the run') },
            path: { type: 'string', description: trans.__('Name of the file') }
          }
        }
      },
      execute: async args => {
        const run = String(args.run);
        const path = String(args.path);
        let widget = tracker.find(each => each.isOf(run, path));
        if (!widget) {
          try {
            widget = await load(run, path);
          } catch (error) {
            Notification.error(messageOf(error), { autoClose: false });
            return;
          }
          await tracker.add(widget);
        }
        if (!widget.isAttached) {
          shell.add(widget, 'main', { type: 'Casa Code' });
        }
        shell.activateById(widget.id);
        return widget;
      }
    });

    void restorer?.restore(tracker, {
      command: CommandIDs.openRunCode,
      args: ({ path, run }) => ({ path, run }),
      name: ({ id }) => id
    });
  }
};

/** A file of code of a run, to be read. */
class CodeTab extends MainAreaWidget<CodeViewerWidget> {
  constructor(options: CodeTab.IOptions) {
    super({ content: options.content });
    const { name, path, remark, run } = options;
    this.run = run;
    this.path = path;
    this.id = `casa-run-code-${run}-${path}`;
    this.addClass('casa-CodeTab');
    this.title.closable = true;
    this.title.icon = pythonIcon;
    this.title.label = path;
    this.title.caption = `${path}\n${name}`;
    const text = new Widget({ node: document.createElement('span') });
    text.addClass('casa-CodeTab-remark');
    text.node.textContent = remark;
    text.node.title = remark;
    this.toolbar.addItem('remark', text);
  }

  /** Id of the run. */
  readonly run: string;

  /** Name of the file, below the folder of the processor. */
  readonly path: string;

  isOf(run: string, path: string): boolean {
    return this.run === run && this.path === path;
  }
}

namespace CodeTab {
  export interface IOptions {
    content: CodeViewerWidget;

    /** Name of the run. */
    name: string;
    path: string;

    /** What the reader has to know. */
    remark: string;
    run: string;
  }
}

function remarkOn(
  name: string,
  created: number,
  isTruncated: boolean,
  trans: TranslationBundle
): string {
  const remark = trans.__(
    'As it was when %1 was launched (%2); read-only.',
    name,
    new Date(created * 1000).toLocaleString()
  );
  return isTruncated
    ? `${remark} ${trans.__('The file is longer than this.')}`
    : remark;
}
