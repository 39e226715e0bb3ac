import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import { CommandIDs } from '../commands';
import { formatCount, formatDuration } from '../components/format';
import type { Run } from '../services/models';
import { ICasaSettings } from '../settings';
import { RunEndings } from './endings';
import { IRunManager } from './tokens';

/** Announces the ends of runs. */
export const notificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'casa-lab:run-notifications',
  description: 'Tells when a run has ended.',
  autoStart: true,
  requires: [IRunManager, ICasaSettings],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IRunManager,
    settings: ICasaSettings,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('casa-lab');
    new RunEndings(manager).ended.connect((_, run) => {
      const notice = noticeOf(run, trans);
      if (
        notice === null ||
        settings.notifications === 'none' ||
        (settings.notifications === 'failures' && notice.type === 'success')
      ) {
        return;
      }
      Notification.emit(notice.message, notice.type, {
        autoClose: notice.type === 'success' ? 8000 : false,
        actions: [
          {
            label: trans.__('Open'),
            callback: () => {
              void app.commands.execute(CommandIDs.openRun, { run: run.id });
            }
          }
        ]
      });
    });
  }
};

interface INotice {
  message: string;
  type: 'success' | 'warning' | 'error';
}

/** What to say of a run that has ended; nothing if the user stopped it. */
function noticeOf(run: Run, trans: TranslationBundle): INotice | null {
  const { name, message, progress, state } = run;
  switch (state) {
    case 'done': {
      const done = trans.__(
        '%1: %2 events in %3.',
        name,
        formatCount(progress.events_done),
        formatDuration(progress.seconds_elapsed, trans)
      );
      return progress.chunks_failed === 0
        ? { message: done, type: 'success' }
        : {
            message: `${done} ${trans._n(
              '%1 chunk failed.',
              '%1 chunks failed.',
              progress.chunks_failed
            )}`,
            type: 'warning'
          };
    }
    case 'failed':
    case 'lost':
      return { message: `${name}: ${message}`, type: 'error' };
    default:
      return null;
  }
}
