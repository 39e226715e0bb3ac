import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import { CommandIDs } from '../../commands';
import type { Transcript } from '../../services/models';
import { IRunManager } from '../tokens';
import { onKeptRun } from './clicked';

/** Adds the commands that copy a run as text that launches it again. */
export const runCopiesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'casa-lab:run-copies',
  description: 'Adds commands that copy a run as code, and as a command line.',
  autoStart: true,
  requires: [IRunManager],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    runs: IRunManager,
    translator: ITranslator | null
  ) => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('casa-lab');
    const copies: {
      id: string;
      label: string;
      caption: string;
      done: string;
      text: (transcript: Transcript) => string;
    }[] = [
      {
        id: CommandIDs.copyCode,
        label: trans.__('Copy as Code'),
        caption: trans.__('Copy Python that launches the same run'),
        done: trans.__('Copied. Paste it into a notebook.'),
        text: ({ code }) => code
      },
      {
        id: CommandIDs.copyCommand,
        label: trans.__('Copy as Command Line'),
        caption: trans.__('Copy a command that launches the same run'),
        done: trans.__('Copied. Paste it into a terminal.'),
        text: ({ command }) => command
      }
    ];
    for (const { id, label, caption, done, text } of copies) {
      commands.addCommand(id, {
        label,
        caption,
        icon: copyIcon,
        ...onKeptRun(app, runs, trans, async run => {
          Clipboard.copyToSystem(text(await runs.transcript(run)));
          Notification.success(done, { autoClose: 3000 });
        })
      });
    }
  }
};
