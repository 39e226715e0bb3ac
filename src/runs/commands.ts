import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import {
  deleteIcon,
  type LabIcon,
  pauseIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import { CommandIDs } from '../commands';
import { formatName } from '../components/format';
import type { Run } from '../services/models';
import { messageOf } from '../services/request';
import { runOf } from './history/clicked';
import { isActive } from './states';
import { confirmStop } from './stop';
import { IRunManager } from './tokens';

/** What a command does with a run, and when it can. */
interface IRunCommand {
  id: string;
  label: string;
  caption: string;
  icon: LabIcon;
  applies: (run: Run) => boolean;
  act: (run: Run) => Promise<unknown>;
}

/** Adds the commands that act on a run. */
export const runCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'casa-lab:run-commands',
  description: 'Adds commands that stop, pause, resume and delete runs.',
  autoStart: true,
  requires: [IRunManager],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IRunManager,
    translator: ITranslator | null
  ) => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('casa-lab');

    const runCommands: IRunCommand[] = [
      {
        id: CommandIDs.stopRun,
        label: trans.__('Stop Run'),
        caption: trans.__('Stop the run and keep its partial result'),
        icon: stopIcon,
        applies: isActive,
        act: async run => {
          if (await confirmStop(run, trans)) {
            await manager.stop(run.id);
          }
        }
      },
      {
        id: CommandIDs.pauseRun,
        label: trans.__('Pause Run'),
        caption: trans.__('Start no more chunks until the run is resumed'),
        icon: pauseIcon,
        applies: ({ state }) => state === 'running',
        act: ({ id }) => manager.pause(id)
      },
      {
        id: CommandIDs.resumeRun,
        label: trans.__('Resume Run'),
        caption: trans.__('Process what is missing'),
        icon: runIcon,
        applies: ({ state, resumable }) => resumable || state === 'paused',
        act: ({ id }) => manager.resume(id)
      },
      {
        id: CommandIDs.deleteRun,
        label: trans.__('Delete Run…'),
        caption: trans.__('Delete the run with its results'),
        icon: deleteIcon,
        applies: run => !isActive(run),
        act: async ({ id, name }) => {
          const { button } = await showDialog({
            title: trans.__('Delete Run'),
            body: trans.__(
              'Delete "%1" with its histograms, results and log? This cannot be undone.',
              formatName(name)
            ),
            buttons: [
              Dialog.cancelButton(),
              Dialog.warnButton({ label: trans.__('Delete') })
            ],
            defaultButton: 0
          });
          if (button.accept) {
            await manager.delete(id);
          }
        }
      }
    ];

    const find = (id: unknown) => manager.get(runOf(app, id) ?? '');

    for (const { id, label, caption, icon, applies, act } of runCommands) {
      commands.addCommand(id, {
        label,
        caption,
        icon,
        describedBy: {
          args: {
            type: 'object',
            required: ['run'],
            properties: {
              run: { type: 'string', description: trans.__('Id of the run') }
            }
          }
        },
        isEnabled: args => {
          const run = find(args.run);
          return run !== undefined && applies(run);
        },
        execute: async args => {
          const run = find(args.run);
          if (!run) {
            return;
          }
          try {
            await act(run);
          } catch (error) {
            Notification.error(messageOf(error), { autoClose: false });
          }
        }
      });
    }
    manager.changed.connect(() => {
      runCommands.forEach(({ id }) => commands.notifyCommandChanged(id));
    });
  }
};
