import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  ICommandPalette,
  InputDialog,
  Notification
} from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import { CommandIDs } from '../commands';
import { casaIcon } from '../icons';
import { messageOf } from '../services/request';
import { IDatasetManager } from './tokens';

/** Adds the commands of datasets. */
export const datasetCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'casa-lab:dataset-commands',
  description: 'Adds commands that add datasets, to the file browser too.',
  autoStart: true,
  requires: [IDatasetManager],
  optional: [
    ITranslator,
    ICommandPalette,
    IDocumentManager,
    IFileBrowserFactory
  ],
  activate: (
    app: JupyterFrontEnd,
    manager: IDatasetManager,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    documents: IDocumentManager | null,
    browsers: IFileBrowserFactory | null
  ) => {
    const { commands, docRegistry } = app;
    const { contents } = app.serviceManager;
    const trans = (translator ?? nullTranslator).load('casa-lab');

    // Without a type of their own, ROOT files have no entry in the context menu.
    if (!docRegistry.getFileType('root')) {
      docRegistry.addFileType({
        name: 'root',
        displayName: trans.__('ROOT File'),
        extensions: ['.root'],
        fileFormat: null,
        icon: casaIcon,
        mimeTypes: ['application/x-root']
      });
    }

    const add = async (paths: readonly string[]) => {
      for (const path of paths) {
        // The server's root folder has an empty path.
        await Private.add(manager, contents.localPath(path) || '.', trans);
      }
    };

    commands.addCommand(CommandIDs.addSource, {
      label: trans.__('Add Datasets…'),
      caption: trans.__(
        'Add the datasets of a fileset, a ROOT file or a folder of ROOT files'
      ),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: {
              type: 'string',
              description: trans.__(
                'The fileset, ROOT file or folder; asked for when left out'
              )
            }
          }
        }
      },
      execute: async args => {
        await add(
          typeof args.path === 'string'
            ? [args.path]
            : await Private.choosePaths(documents, translator, trans)
        );
      }
    });
    palette?.addItem({
      command: CommandIDs.addSource,
      category: trans.__('Casa')
    });

    commands.addCommand(CommandIDs.addSelected, {
      label: trans.__('Add to Casa'),
      caption: trans.__('Add the selected files and folders to the datasets'),
      icon: casaIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isVisible: () => !!browsers?.tracker.currentWidget,
      execute: async () => {
        const browser = browsers?.tracker.currentWidget;
        await add(
          Array.from(browser?.selectedItems() ?? [], ({ path }) => path)
        );
      }
    });
  }
};

namespace Private {
  /** Adds a source and says how it went. */
  export async function add(
    manager: IDatasetManager,
    path: string,
    trans: TranslationBundle
  ): Promise<void> {
    try {
      const { id, label, problem } = await manager.addSource(path);
      const count = manager.datasets.filter(each => each.source === id).length;
      if (problem === null) {
        Notification.success(
          trans._n(
            'Added %1 dataset of %2.',
            'Added %1 datasets of %2.',
            count,
            label
          ),
          { autoClose: 3000 }
        );
      } else {
        Notification.warning(problem, { autoClose: 10_000 });
      }
    } catch (error) {
      const message = messageOf(error);
      Notification.error(message, {
        autoClose: false,
        actions: [
          {
            label: trans.__('Copy'),
            callback: () => Clipboard.copyToSystem(message)
          }
        ]
      });
    }
  }

  /** Asks for files or a folder; returns no path when the user cancels. */
  export async function choosePaths(
    documents: IDocumentManager | null,
    translator: ITranslator | null,
    trans: TranslationBundle
  ): Promise<string[]> {
    if (documents === null) {
      const { value } = await InputDialog.getText({
        title: trans.__('Add Datasets'),
        label: trans.__('Path of a fileset, a ROOT file or a folder')
      });
      return value ? [value] : [];
    }
    const { value } = await FileDialog.getOpenFiles({
      manager: documents,
      translator: translator ?? undefined,
      title: trans.__('Add Datasets'),
      label: trans.__(
        'Select a fileset (JSON), ROOT files or a folder of them. With nothing selected, the folder shown is added.'
      ),
      filter: model => (isCandidate(model) ? {} : null)
    });
    return value?.map(({ path }) => path) ?? [];
  }

  function isCandidate({ name, type }: Contents.IModel): boolean {
    return type === 'directory' || /\.(root|json)$/i.test(name);
  }
}
