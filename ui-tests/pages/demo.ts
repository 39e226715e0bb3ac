import { expect, test as base } from '@playwright/test';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { Casa } from './casa';

/** The datasets of the sample. */
export const DATASETS = ['DYJetsToLL', 'TTbar', 'WJets', 'Diboson', 'Data'];

/** `casa-lab demo`, started as a user starts it, in a home of its own. */
export class Demo {
  constructor(home: string) {
    this.folder = path.join(home, 'casa-demo');
    this._environment = {
      ...process.env,
      CASA_DATA_DIR: path.join(home, 'data', 'casa'),
      JUPYTER_CONFIG_DIR: path.join(home, 'config'),
      JUPYTER_DATA_DIR: path.join(home, 'data'),
      JUPYTER_RUNTIME_DIR: path.join(home, 'run')
    };
  }

  /** The demo's folder: sample data, examples, tutorial. */
  readonly folder: string;

  /** The processors, those of the tests among them. */
  get examples(): string {
    return path.join(this.folder, 'examples');
  }

  /** The address that it printed, token included. */
  get address(): string {
    return this._address;
  }

  /** Start it and wait until it prints its address. */
  async start(): Promise<void> {
    const child = spawn('casa-lab', ['demo', this.folder, '--no-browser'], {
      env: this._environment,
      stdio: ['ignore', 'pipe', 'pipe']
    });
    this._process = child;
    let printed = '';
    this._address = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (data: Buffer) => {
        printed += data.toString();
        const found = /http:\S+token=\w+/.exec(printed);
        if (found) {
          resolve(found[0]);
        }
      });
      child.stderr.on('data', (data: Buffer) => {
        printed += data.toString();
      });
      child.on('exit', () => reject(new Error(`The demo ended:\n${printed}`)));
    });
    this._addProcessors();
  }

  /** End it as Ctrl-C does: clusters and runs go on. */
  async stop(): Promise<void> {
    const child = this._process;
    if (child && child.exitCode === null) {
      const ended = new Promise(resolve => child.on('exit', resolve));
      child.kill('SIGINT');
      await ended;
    }
  }

  /** End the clusters that the stories left. */
  stopClusters(): void {
    const clusters = path.join(
      String(this._environment.CASA_DATA_DIR),
      'clusters'
    );
    for (const id of existsSync(clusters) ? readdirSync(clusters) : []) {
      if (!id.startsWith('.')) {
        execFileSync('casa-lab', ['stop', id], { env: this._environment });
      }
    }
  }

  /** Hold up the gated processors after their first chunks. */
  closeGate(): void {
    rmSync(path.join(this.examples, 'open'), { force: true });
  }

  /** Let the gated processors go on. */
  openGate(): void {
    writeFileSync(path.join(this.examples, 'open'), '');
  }

  /** Fails unless the results of runs, and what is drawn of them, equal plain Coffea's. */
  compareWithCoffea(runs: string[], processor?: string): void {
    const script = path.resolve(__dirname, '..', 'compare_with_coffea.py');
    const location = processor
      ? ['--processor', path.join(this.examples, processor)]
      : [];
    const printed = execFileSync('python', [script, ...runs, ...location], {
      env: this._environment,
      encoding: 'utf8'
    });
    for (const run of runs) {
      expect(printed).toContain(`${run} is the same`);
    }
  }

  /** Makes a run over very many files, as its driver would have left it; returns its id. */
  makeLargeRun(): string {
    const script = path.resolve(__dirname, '..', 'make_large_run.py');
    return execFileSync('python', [script], {
      env: this._environment,
      encoding: 'utf8'
    }).trim();
  }

  private _addProcessors(): void {
    const folder = path.resolve(__dirname, '..', 'processors');
    for (const name of readdirSync(folder).filter(name =>
      name.endsWith('.py')
    )) {
      copyFileSync(path.join(folder, name), path.join(this.examples, name));
    }
  }

  private _address = '';
  private _environment: NodeJS.ProcessEnv;
  private _process: ChildProcess | null = null;
}

/** A page that shows the demo, and the demo itself, which the stories share. */
export const test = base.extend<
  { casa: Casa },
  { demo: Demo; isFresh: boolean }
>({
  // What differs here has a worker, and so a demo, of its own.
  isFresh: [false, { option: true, scope: 'worker' }],
  demo: [
    async ({}, use, { workerIndex }) => {
      // A home of its own: after a failure, and for each repetition, all is new.
      const home = String(process.env.CASA_UI_HOME);
      const demo = new Demo(path.join(home, `demo-${workerIndex}`));
      demo.closeGate();
      await demo.start();
      await use(demo);
      await demo.stop();
      demo.stopClusters();
    },
    { scope: 'worker', timeout: 180_000 }
  ],
  casa: async ({ demo, page }, use, info) => {
    const casa = new Casa(page, info);
    await casa.openAnew(demo.address);
    await use(casa);
  }
});

export { expect };
