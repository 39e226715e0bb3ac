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
import {
  formatCount,
  formatMeasuredTime,
  formatName
} from '../components/format';
import type { Run } from '../services/models';
import { ICasaSettings } from '../settings';
import { RunNews } from './news';
import { IRunManager } from './tokens';

/** Announces the ends of runs, and their first failures. */
export const notificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'casa-lab:run-notifications',
  description: 'Tells when a run has ended, and of its first failure.',
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
    const notices = new Map<string, string>();
    const tell = (run: Run, notice: INotice | null): void => {
      // Of a run that has ended, nobody needs to know that it goes on. Without
      // an id, those of everybody would be dismissed.
      const said = notices.get(run.id);
      if (said !== undefined) {
        notices.delete(run.id);
        Notification.dismiss(said);
      }
      if (
        notice === null ||
        settings.notifications === 'none' ||
        (settings.notifications === 'failures' && notice.type === 'success')
      ) {
        return;
      }
      const id = Notification.emit(notice.message, notice.type, {
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
      notices.set(run.id, id);
    };
    const news = new RunNews(manager);
    news.ended.connect((_, run) => tell(run, endOf(run, trans)));
    news.failed.connect((_, run) => tell(run, firstFailureOf(run, trans)));
  }
};

interface INotice {
  message: string;
  type: 'success' | 'warning' | 'error';
}

/** What to say of a run in which something has failed for the first time. */
function firstFailureOf(
  { name, progress }: Run,
  trans: TranslationBundle
): INotice {
  return {
    message: trans._n(
      '%2: the first chunk failed. The run goes on with the others.',
      '%2: the first %1 chunks failed. The run goes on with the others.',
      progress.chunks_failed,
      formatName(name)
    ),
    type: 'warning'
  };
}

/** What to say of a run that has ended; nothing if the user stopped it. */
function endOf(run: Run, trans: TranslationBundle): INotice | null {
  const { message, progress, state } = run;
  const name = formatName(run.name);
  switch (state) {
    case 'done': {
      const done = trans.__(
        '%1: %2 events in %3.',
        name,
        formatCount(progress.events_done),
        formatMeasuredTime(progress.seconds_elapsed, trans)
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
