import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandIDs } from '../../commands';
import type { Run } from '../../services/models';
import { messageOf } from '../../services/request';
import { isActive } from '../states';
import { IRunManager } from '../tokens';
import { onKeptRun, runOf } from './clicked';
import { keepReference } from './reference';

/** Adds the commands that look back at runs, put them away and move them. */
export const runHistoryPlugin: JupyterFrontEndPlugin<void> = {
  id: 'casa-lab:run-history',
  description: 'Adds commands that archive, compare, export and import runs.',
  autoStart: true,
  requires: [IRunManager],
  optional: [IStateDB, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IRunManager,
    state: IStateDB | null,
    translator: ITranslator | null
  ) => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('casa-lab');

    if (state) {
      void keepReference(manager, state);
    }
    const find = (id: unknown): Run | undefined =>
      manager.get(runOf(app, id) ?? '');
    const attempt = async (work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        Notification.error(messageOf(error), { autoClose: false });
      }
    };
    const describedBy = {
      args: {
        type: 'object',
        properties: {
          run: { type: 'string', description: trans.__('Id of the run') },
          since: {
            type: 'string',
            description: trans.__('Id of the run that it is compared with')
          }
        }
      }
    };

    commands.addCommand(CommandIDs.archiveRun, {
      label: ({ run }) =>
        find(run)?.archived
          ? trans.__('Take Run out of the Archive')
          : trans.__('Archive Run'),
      caption: trans.__('Keep the run out of the list, with all that it holds'),
      describedBy,
      isEnabled: ({ run: id }) => {
        const run = find(id);
        return run !== undefined && (run.archived || !isActive(run));
      },
      execute: ({ run: id }) => {
        const run = find(id);
        return (
          run &&
          attempt(() => manager.label(run.id, { archived: !run.archived }))
        );
      }
    });

    commands.addCommand(CommandIDs.rerun, {
      label: trans.__('Run Again'),
      caption: trans.__('Launch it with the code, files and settings it had'),
      ...onKeptRun(app, manager, trans, async run => {
        const again = await manager.rerun(run);
        await commands.execute(CommandIDs.openRun, { run: again.id });
      })
    });

    commands.addCommand(CommandIDs.pinRun, {
      label: ({ run }) =>
        find(run)?.id === manager.reference
          ? trans.__('Unpin Reference')
          : trans.__('Pin as Reference'),
      caption: trans.__('Compare other runs with this one'),
      describedBy,
      isEnabled: ({ run }) => find(run) !== undefined,
      execute: ({ run: id }) => {
        const run = find(id);
        if (run) {
          manager.reference = run.id === manager.reference ? null : run.id;
        }
      }
    });

    const other = (args: { since?: unknown }): string | null =>
      typeof args.since === 'string' ? args.since : manager.reference;

    commands.addCommand(CommandIDs.showChanges, {
      label: trans.__('What Changed since the Reference'),
      caption: trans.__('Compare code, files, versions and numbers'),
      describedBy,
      isEnabled: args => {
        const run = find(args.run);
        const since = other(args);
        return run !== undefined && since !== null && since !== run.id;
      },
      execute: args => {
        const run = runOf(app, args.run);
        const since = other(args);
        if (run === null || since === null) {
          return;
        }
        return commands.execute(CommandIDs.compareRuns, { runs: [since, run] });
      }
    });

    commands.addCommand(CommandIDs.exportRun, {
      label: trans.__('Export Run'),
      caption: trans.__('Save the run as one file that opens in another Casa'),
      describedBy,
      isEnabled: ({ run }) => find(run) !== undefined,
      execute: ({ run: id }) => {
        const run = find(id);
        if (run) {
          const link = document.createElement('a');
          link.href = manager.exportUrl(run.id);
          link.download = `${run.id}.zip`;
          link.click();
        }
      }
    });

    commands.addCommand(CommandIDs.importRun, {
      label: trans.__('Import Run…'),
      caption: trans.__('Take in a run that was exported from a Casa'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        const input = document.createElement('input');
        input.type = 'file';
        input.accept = '.zip,application/zip';
        input.addEventListener('change', () => {
          const file = input.files?.[0];
          if (file) {
            void attempt(async () => {
              const { id } = await manager.import(file);
              await commands.execute(CommandIDs.openRun, { run: id });
            });
          }
        });
        input.click();
      }
    });

    manager.changed.connect(() => {
      commands.notifyCommandChanged(CommandIDs.archiveRun);
      commands.notifyCommandChanged(CommandIDs.pinRun);
      commands.notifyCommandChanged(CommandIDs.showChanges);
    });
  }
};
