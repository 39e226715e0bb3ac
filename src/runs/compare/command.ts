import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { type MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandIDs } from '../../commands';
import type { RunTabFactory } from '../tab/factory';
import { MOST_COMPARED } from './limits';
import type { ComparePage } from './widget';

interface IOptions {
  readonly app: JupyterFrontEnd;

  /** Returns what makes tabs. */
  readonly tabs: () => Promise<RunTabFactory>;
  readonly restorer: ILayoutRestorer | null;
  readonly trans: TranslationBundle;
}

/** Adds the command that compares runs, and opens comparisons when the layout is restored. */
export function addCompareCommand(options: IOptions): void {
  const { app, restorer, tabs, trans } = options;
  const { commands, shell } = app;
  const tracker = new WidgetTracker<MainAreaWidget<ComparePage>>({
    namespace: 'casa-compare'
  });

  commands.addCommand(CommandIDs.compareRuns, {
    label: trans.__('Compare Runs'),
    caption: trans.__(
      'Show what differs between runs, and their histograms over each other'
    ),
    describedBy: {
      args: {
        type: 'object',
        required: ['runs'],
        properties: {
          runs: {
            type: 'array',
            items: { type: 'string' },
            minItems: 2,
            maxItems: MOST_COMPARED,
            description: trans.__(
              'Ids of the runs; the others are compared with the first'
            )
          }
        }
      }
    },
    execute: async args => {
      const runs = runsOf(args);
      if (runs.length < 2 || runs.length > MOST_COMPARED) {
        throw new Error(
          trans.__('Choose two to %1 runs to compare.', MOST_COMPARED)
        );
      }
      const factory = await tabs();
      const id = `casa-compare-${runs.join('-')}`;
      let widget = tracker.find(each => each.id === id);
      if (!widget) {
        widget = factory.createComparison(runs, run => {
          void commands.execute(CommandIDs.openRun, { run });
        });
        widget.id = id;
        await tracker.add(widget);
      }
      if (!widget.isAttached) {
        shell.add(widget, 'main', { type: 'Casa Comparison' });
      }
      shell.activateById(id);
      return widget;
    }
  });

  void restorer?.restore(tracker, {
    command: CommandIDs.compareRuns,
    args: ({ content }) => ({ runs: [...content.model.ids] }),
    name: ({ id }) => id
  });
}

/** The ids among a command's arguments, each once. */
function runsOf({ runs }: { runs?: unknown }): string[] {
  const ids = Array.isArray(runs) ? (runs as unknown[]) : [];
  return [...new Set(ids.filter(id => typeof id === 'string'))];
}
