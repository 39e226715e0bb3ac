import { nullTranslator } from '@jupyterlab/translation';
import type { Worker } from '../../services/models';
import { usage } from '../states';

const trans = nullTranslator.load('casa-lab');

function worker(change: Partial<Worker>): Worker {
  return {
    name: 'w',
    address: 'tls://127.0.0.1:1',
    threads: 1,
    memory_bytes: 1e9,
    memory_limit_bytes: 4e9,
    cpu_percent: 50,
    ...change
  };
}

describe('usage', () => {
  it('sums over workers, and counts CPU by thread', () => {
    const [cpu, memory] = usage(
      [worker({}), worker({ threads: 3, cpu_percent: 250 })],
      trans
    );
    expect(cpu).toMatchObject({ fraction: 0.75, text: '75%' });
    expect(memory).toMatchObject({ fraction: 0.25, text: '2.0 GB of 8.0 GB' });
  });

  it('is nothing without workers', () => {
    expect(usage([], trans).map(({ fraction }) => fraction)).toEqual([0, 0]);
  });

  it('shows memory alone where there is no limit', () => {
    const [, memory] = usage([worker({ memory_limit_bytes: 0 })], trans);
    expect(memory).toMatchObject({ fraction: 0, text: '1.0 GB' });
  });
});
