import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { makeCluster } from '../../services/__tests__/fakes';
import type { Cluster } from '../../services/models';
import { WorkerStepper } from '../stepper';
import type { IClusterManager } from '../tokens';

const trans = nullTranslator.load('casa-lab');

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

describe('WorkerStepper', () => {
  const scale = jest.fn<Promise<Cluster>, [string, number]>();
  let host: HTMLElement;
  let root: Root;

  const render = (desired: number): Cluster => {
    const cluster = makeCluster({ desired_workers: desired });
    root.render(
      <WorkerStepper
        cluster={cluster}
        manager={{ scale } as unknown as IClusterManager}
        trans={trans}
      />
    );
    return cluster;
  };
  const click = (label: string): Promise<void> =>
    act(async () =>
      host.querySelector<HTMLButtonElement>(`[aria-label="${label}"]`)?.click()
    );
  const more = (): Promise<void> => click('One worker more');
  const pause = (): Promise<void> =>
    act(async () => {
      await jest.advanceTimersByTimeAsync(1_000);
    });
  const wanted = (): string | null | undefined =>
    host.querySelector('output')?.textContent;

  beforeEach(async () => {
    jest.useFakeTimers();
    scale.mockReset();
    // The manager has the answer before whoever asked.
    scale.mockImplementation(async (_, workers) => render(workers));
    host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
    await act(async () => render(2));
  });

  afterEach(async () => {
    await act(async () => root.unmount());
    host.remove();
    jest.useRealTimers();
  });

  it('asks once for what several clicks make', async () => {
    await more();
    await more();
    await click('One worker less');
    expect(wanted()).toBe('3');
    expect(scale).not.toHaveBeenCalled();
    await pause();
    expect(scale.mock.calls).toEqual([['cluster-1', 3]]);
    expect(wanted()).toBe('3');
  });

  it('counts clicks while an answer to those before is on its way', async () => {
    let answer = (): void => undefined;
    scale.mockImplementationOnce(async (_, workers) => {
      await new Promise<void>(resolve => {
        answer = resolve;
      });
      return render(workers);
    });
    await more();
    await pause();
    await more();
    await act(async () => answer());
    expect(wanted()).toBe('4');
    await more();
    await pause();
    expect(scale).toHaveBeenLastCalledWith('cluster-1', 5);
    expect(wanted()).toBe('5');
  });

  it('follows what others ask for', async () => {
    await more();
    await pause();
    await act(async () => render(7));
    expect(wanted()).toBe('7');
  });

  it('says why the number stays as it is', async () => {
    scale.mockRejectedValueOnce(new Error('It is stopping.'));
    await more();
    await pause();
    expect(host.textContent).toContain('It is stopping.');
    expect(wanted()).toBe('2');
  });
});
