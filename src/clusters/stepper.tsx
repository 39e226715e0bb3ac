import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useRef, useState } from 'react';
import { Problem } from '../components/message';
import type { Cluster } from '../services/models';
import { messageOf } from '../services/request';
import type { IClusterManager } from './tokens';

/** Several clicks within this many milliseconds make one request. */
const PATIENCE = 400;

interface IWorkerStepperProps {
  cluster: Cluster;
  manager: IClusterManager;
  trans: TranslationBundle;
}

/** Shows the workers there are and sets how many there shall be. */
export function WorkerStepper(props: IWorkerStepperProps): JSX.Element {
  const { cluster, manager, trans } = props;
  const { desired_workers: desired, id } = cluster;
  const actual = cluster.workers.length;
  // What the user wants, until the cluster knows.
  const [asked, setAsked] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const timer = useRef(0);
  const wanted = asked ?? desired;

  useEffect(() => () => window.clearTimeout(timer.current), []);

  const step = (by: number) => {
    const workers = Math.max(0, wanted + by);
    setAsked(workers);
    setProblem(null);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      manager
        .scale(id, workers)
        .catch((error: unknown) => setProblem(messageOf(error)))
        // The user may have gone on clicking meanwhile.
        .finally(() => setAsked(now => (now === workers ? null : now)));
    }, PATIENCE);
  };

  return (
    <>
      <div
        className="casa-Stepper"
        role="group"
        aria-label={trans.__('Workers')}
      >
        <span className="casa-Stepper-label">
          {trans._n('%2 of %1 worker', '%2 of %1 workers', wanted, actual)}
        </span>
        <span className="casa-Stepper-buttons">
          <button
            type="button"
            className="casa-PlainButton"
            aria-label={trans.__('One worker less')}
            title={trans.__('One worker less')}
            disabled={wanted === 0}
            onClick={() => step(-1)}
          >
            −
          </button>
          <output aria-live="polite">{wanted}</output>
          <button
            type="button"
            className="casa-PlainButton"
            aria-label={trans.__('One worker more')}
            title={trans.__('One worker more')}
            onClick={() => step(1)}
          >
            +
          </button>
        </span>
      </div>
      {problem && <Problem message={problem} />}
    </>
  );
}
