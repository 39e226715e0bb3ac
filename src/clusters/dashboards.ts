import type { JupyterFrontEnd } from '@jupyterlab/application';
import { IFrame, MainAreaWidget } from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import { find } from '@lumino/algorithm';
import type { CommandRegistry } from '@lumino/commands';
import { PromiseDelegate } from '@lumino/coreutils';
import { Poll } from '@lumino/polling';
import { casaIcon } from '../icons';
import type { Cluster } from '../services/models';

/** The commands of dask-labextension; it provides no token. */
namespace DaskCommandIDs {
  export const populateURL = 'dask:populate-dashboard-url';
  export const launchLayout = 'dask:launch-layout';
}

/**
 * Opens the Dask dashboards of a cluster: the panes of dask-labextension, or
 * the dashboard's status page where that extension is absent or does not
 * connect.
 */
export async function openDashboards(
  app: JupyterFrontEnd,
  cluster: Cluster,
  title: string
): Promise<void> {
  const { baseUrl } = app.serviceManager.serverSettings;
  const url = URLExt.join(
    baseUrl,
    'casa/clusters',
    encodeURIComponent(cluster.id),
    'dashboard/'
  );
  if (await connectPanes(app.commands, url)) {
    await app.commands.execute(DaskCommandIDs.launchLayout);
    return;
  }
  const id = `casa-dashboard-${cluster.id}`;
  if (!find(app.shell.widgets('main'), widget => widget.id === id)) {
    app.shell.add(createStatusPage(id, url, title), 'main');
  }
  app.shell.activateById(id);
}

function createStatusPage(
  id: string,
  url: string,
  title: string
): MainAreaWidget {
  const content = new IFrame({
    sandbox: ['allow-scripts', 'allow-same-origin']
  });
  content.url = URLExt.join(url, 'status');
  const widget = new MainAreaWidget({ content });
  widget.id = id;
  widget.title.closable = true;
  widget.title.icon = casaIcon;
  widget.title.label = title;
  return widget;
}

/** Gives the URL to dask-labextension; returns whether it could connect. */
async function connectPanes(
  commands: CommandRegistry,
  url: string
): Promise<boolean> {
  if (!commands.hasCommand(DaskCommandIDs.launchLayout)) {
    return false;
  }
  await commands.execute(DaskCommandIDs.populateURL, { url });
  // The extension now checks the URL, and enables this command when it is
  // answered; nothing tells when, so that we have to look.
  return isEnabledWithin(commands, DaskCommandIDs.launchLayout, 5000);
}

function isEnabledWithin(
  commands: CommandRegistry,
  command: string,
  milliseconds: number
): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  const outcome = new PromiseDelegate<boolean>();
  const poll = new Poll({
    factory: () => {
      const enabled = commands.isEnabled(command);
      if (enabled || Date.now() > deadline) {
        outcome.resolve(enabled);
      }
      return Promise.resolve();
    },
    frequency: { interval: 100, backoff: false },
    name: 'casa-lab:dashboards'
  });
  return outcome.promise.finally(() => {
    poll.dispose();
  });
}
