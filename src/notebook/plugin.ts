import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandIDs } from '../commands';
import { IRunViews } from '../runs/tab/tokens';
import { LazyOutput } from './output';

/** What an output of a run holds: `{run, name}`. */
export const RUN_TYPE = 'application/vnd.casa.run+json';

/** What an output of a histogram holds; see `casa_lab/notebook/shown.py`. */
export const HISTOGRAM_TYPE = 'application/vnd.casa.histogram+json';

/** Before HTML (50) and pictures (90), which are for where Casa is not. */
const RANK = 10;

/** Shows runs and histograms in the outputs of notebooks. */
export const notebookOutputsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'casa-lab:notebook-outputs',
  description: 'Shows runs and histograms live in the outputs of notebooks.',
  autoStart: true,
  requires: [IRenderMimeRegistry, IRunViews],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    rendermime: IRenderMimeRegistry,
    views: IRunViews,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('casa-lab');
    const add = (
      mimeType: string,
      load: () => Promise<IRenderMime.IRenderer>
    ): void => {
      const failed = trans.__('Casa could not be loaded: reload the page.');
      rendermime.addFactory({
        // Nothing in an output becomes markup or code.
        safe: true,
        mimeTypes: [mimeType],
        defaultRank: RANK,
        createRenderer: () => new LazyOutput(load, failed)
      });
    };
    add(RUN_TYPE, async () => {
      const [{ RunOutput }, factory] = await Promise.all([
        import('./runoutput'),
        views.load()
      ]);
      return new RunOutput({
        mimeType: RUN_TYPE,
        createModel: run => factory.createModel(run),
        openTab: run => void app.commands.execute(CommandIDs.openRun, { run }),
        rendermime,
        trans
      });
    });
    add(HISTOGRAM_TYPE, async () => {
      const { HistogramOutput } = await import('./histogramoutput');
      return new HistogramOutput({
        mimeType: HISTOGRAM_TYPE,
        rendermime,
        trans
      });
    });
  }
};
