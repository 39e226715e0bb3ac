import {
  checkIcon,
  errorIcon,
  type LabIcon,
  pauseIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import type { Run } from '../../services/models';

/** The icon that shows a run's state on its tab. */
export function stateIcon({ state }: Pick<Run, 'state'>): LabIcon {
  switch (state) {
    case 'queued':
    case 'preparing':
    case 'running':
    case 'finishing':
      return runIcon;
    case 'paused':
      return pauseIcon;
    case 'done':
      return checkIcon;
    case 'stopped':
      return stopIcon;
    case 'failed':
    case 'lost':
      return errorIcon;
  }
}
