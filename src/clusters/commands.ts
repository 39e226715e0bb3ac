import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  InputDialog,
  Notification
} from '@jupyterlab/apputils';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import { CommandIDs } from '../commands';
import type { Profile } from '../services/models';
import { messageOf } from '../services/request';
import { IClusterManager } from './tokens';

/** Adds the commands of clusters. */
export const clusterCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'casa-lab:cluster-commands',
  description: 'Adds commands that start clusters and open their dashboards.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ) => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('casa-lab');

    commands.addCommand(CommandIDs.startCluster, {
      label: trans.__('Start a Cluster'),
      caption: trans.__('Start a Dask cluster'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            profile: {
              type: 'string',
              description: trans.__(
                'Name of the profile to start; asked for when left out and there are several'
              )
            }
          }
        }
      },
      execute: async args => {
        try {
          await manager.ready;
          const profile =
            typeof args.profile === 'string'
              ? args.profile
              : await chooseProfile(manager.profiles, trans);
          if (profile !== null) {
            await manager.start({ profile });
          }
        } catch (error) {
          Notification.error(messageOf(error), { autoClose: false });
        }
      }
    });
    palette?.addItem({
      command: CommandIDs.startCluster,
      category: trans.__('Casa')
    });

    commands.addCommand(CommandIDs.openDashboards, {
      label: trans.__('Open Dashboards'),
      caption: trans.__('Open the Dask dashboards of a cluster'),
      describedBy: {
        args: {
          type: 'object',
          required: ['cluster'],
          properties: {
            cluster: {
              type: 'string',
              description: trans.__('Id of the cluster')
            }
          }
        }
      },
      execute: async args => {
        const cluster = manager.get(String(args.cluster));
        if (!cluster) {
          Notification.error(trans.__('This cluster does not exist any more.'));
          return;
        }
        const { openDashboards } = await import('./dashboards');
        await openDashboards(app, cluster, trans.__('Dask: %1', cluster.title));
      }
    });
  }
};

/** Asks which profile to start, if there is a choice; null when cancelled. */
async function chooseProfile(
  profiles: readonly Profile[],
  trans: TranslationBundle
): Promise<string | null> {
  if (profiles.length === 1) {
    return profiles[0].name;
  }
  const { value } = await InputDialog.getItem({
    title: trans.__('Start a Cluster'),
    label: trans.__('Profile'),
    items: profiles.map(({ title }) => title),
    okLabel: trans.__('Start')
  });
  return profiles.find(({ title }) => title === value)?.name ?? null;
}
