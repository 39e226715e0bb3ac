import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { messageOf } from '../../services/request';
import type { IRunManager } from '../tokens';

/**
 * Returns the id of the run that a command is about.
 *
 * @param app - The application.
 * @param id - As its arguments name it. Those of a context menu name none: it is
 *   the run that was clicked on.
 */
export function runOf(app: JupyterFrontEnd, id: unknown): string | null {
  const run =
    id ??
    app.contextMenuHitTest(({ dataset }) => dataset.run !== undefined)?.dataset
      .run;
  return typeof run === 'string' ? run : null;
}

/**
 * Returns the part of a command that is about a run whose code was kept.
 *
 * @param act - What it does with the id of the run. What goes wrong is told.
 */
export function onKeptRun(
  app: JupyterFrontEnd,
  runs: IRunManager,
  trans: TranslationBundle,
  act: (run: string) => Promise<unknown>
): Pick<
  CommandRegistry.ICommandOptions,
  'describedBy' | 'isEnabled' | 'execute'
> {
  return {
    describedBy: {
      args: {
        type: 'object',
        properties: {
          run: { type: 'string', description: trans.__('Id of the run') }
        }
      }
    },
    isEnabled: ({ run }) => runs.get(runOf(app, run) ?? '')?.code_kept ?? false,
    execute: async ({ run: id }) => {
      const run = runOf(app, id);
      if (run === null) {
        return;
      }
      try {
        await act(run);
      } catch (error) {
        Notification.error(messageOf(error), { autoClose: false });
      }
    }
  };
}
