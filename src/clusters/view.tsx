import type { TranslationBundle } from '@jupyterlab/translation';
import {
  offlineBoltIcon,
  refreshIcon,
  closeIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { CommandIDs } from '../commands';
import { useAction } from '../components/action';
import { IconButton, TextButton } from '../components/button';
import { CopyButton } from '../components/copy';
import { dragsCell } from '../components/celldrag';
import { ListState } from '../components/lists';
import { EmptyState, Problem } from '../components/message';
import { ProgressBar } from '../components/progress';
import { useChanges } from '../components/signals';
import { StateDot } from '../components/tone';
import type { Cluster } from '../services/models';
import { clusterLabel, clusterTone, hasEnded, usage } from './states';
import type { IClusterManager } from './tokens';
import { WorkerStepper } from './stepper';

interface IClustersViewProps {
  commands: CommandRegistry;
  manager: IClusterManager;
  trans: TranslationBundle;
}

/** The clusters section of the sidebar. */
export function ClustersView(props: IClustersViewProps): JSX.Element {
  const { commands, manager, trans } = props;
  useChanges(manager);
  const [profile] = manager.profiles;
  return (
    <>
      <ListState manager={manager} trans={trans} />
      {manager.isReady && manager.clusters.length === 0 && (
        <EmptyState
          icon={offlineBoltIcon}
          message={trans.__(
            'No cluster is running. A run starts the one it needs.'
          )}
          action={{
            label: profile
              ? trans.__('Start "%1"', profile.title)
              : trans.__('Start a Cluster'),
            execute: () => void commands.execute(CommandIDs.startCluster)
          }}
        />
      )}
      {manager.clusters.map(cluster => (
        <ClusterCard key={cluster.id} cluster={cluster} {...props} />
      ))}
    </>
  );
}

function ClusterCard({
  cluster,
  commands,
  manager,
  trans
}: IClustersViewProps & { cluster: Cluster }): JSX.Element {
  const ending = useAction();
  const { id, state, title } = cluster;
  const tone = clusterTone(state);
  const ended = hasEnded(cluster);
  const stop = () => ending.start(() => manager.stop(id));
  const startAgain = () =>
    ending.start(async () => {
      await manager.start({ profile: cluster.profile });
      await manager.stop(id);
    });
  return (
    <article
      className="casa-Cluster"
      aria-label={title}
      data-cluster={id}
      data-state={state}
      title={ended ? undefined : trans.__('Drag into a notebook to connect.')}
      onPointerDown={
        ended
          ? undefined
          : dragsCell(() => ({ code: cluster.code, label: title }))
      }
    >
      <header className="casa-Cluster-header">
        <StateDot tone={tone} label={clusterLabel(state, trans)} />
        <span className="casa-Cluster-title">{title}</span>
        <span className="casa-Cluster-state">{clusterLabel(state, trans)}</span>
        {!ended && (
          <>
            <CopyButton
              label={trans.__('Copy code that connects to %1', title)}
              text={() => cluster.code}
            />
            <IconButton
              icon={stopIcon}
              label={trans.__('Stop %1', title)}
              disabled={ending.busy || state === 'stopping'}
              onClick={stop}
            />
          </>
        )}
        {state === 'stopped' && (
          <>
            <IconButton
              icon={refreshIcon}
              label={trans.__('Start %1 again', title)}
              disabled={ending.busy}
              onClick={startAgain}
            />
            <IconButton
              icon={closeIcon}
              label={trans.__('Remove %1 from the list', title)}
              disabled={ending.busy}
              onClick={stop}
            />
          </>
        )}
      </header>
      {(state === 'starting' || state === 'stopping') && (
        <>
          <ProgressBar fraction={null} tone={tone} label={cluster.message} />
          <p className="casa-Cluster-message">{cluster.message}</p>
        </>
      )}
      {(state === 'failed' || state === 'lost') && (
        <Problem
          message={cluster.message}
          tone={state === 'failed' ? 'bad' : 'warning'}
        >
          <TextButton disabled={ending.busy} onClick={startAgain}>
            {trans.__('Start Again')}
          </TextButton>
          <TextButton disabled={ending.busy} onClick={stop}>
            {trans.__('Forget')}
          </TextButton>
        </Problem>
      )}
      {ending.problem && <Problem message={ending.problem} />}
      {(state === 'running' || state === 'starting') && (
        <WorkerStepper cluster={cluster} manager={manager} trans={trans} />
      )}
      {state === 'running' && (
        <>
          <Usage cluster={cluster} trans={trans} />
          <TextButton
            title={trans.__('Open the Dask dashboards of this cluster')}
            onClick={() =>
              void commands.execute(CommandIDs.openDashboards, { cluster: id })
            }
          >
            {trans.__('Dashboards')}
          </TextButton>
        </>
      )}
    </article>
  );
}

/** How busy and how full the workers are. */
function Usage({
  cluster,
  trans
}: {
  cluster: Cluster;
  trans: TranslationBundle;
}): JSX.Element {
  return (
    <dl className="casa-Usage">
      {usage(cluster.workers, trans).map(({ label, fraction, text }) => (
        <React.Fragment key={label}>
          <dt>{label}</dt>
          <dd>
            <ProgressBar
              fraction={fraction}
              tone={fraction > 0.9 ? 'warning' : 'active'}
              label={label}
            />
            <span className="casa-Usage-text">{text}</span>
          </dd>
        </React.Fragment>
      ))}
    </dl>
  );
}
