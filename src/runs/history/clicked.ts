import type { JupyterFrontEnd } from '@jupyterlab/application';

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
