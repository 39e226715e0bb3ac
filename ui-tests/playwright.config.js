/**
 * Runs the stories against a real JupyterLab, in a home of its own, on a free port.
 *
 * `jupyter` comes from PATH: activate the environment to test, or use `nox -s ui_tests`.
 */
const { execFileSync } = require('node:child_process');
const {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync
} = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const baseConfig = require('@jupyterlab/galata/lib/playwright-config');

/** Asks the system for a free port; Playwright wants its configuration synchronously. */
function freePort() {
  const script =
    "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => {" +
    'console.log(s.address().port); s.close(); })';
  return execFileSync(process.execPath, ['-e', script], {
    encoding: 'utf8'
  }).trim();
}

/** Playwright's own browsers are never downloaded: the system's Chromium is used. */
function chromium() {
  if (process.env.CHROMIUM) {
    return process.env.CHROMIUM;
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const found = process.env.PATH.split(path.delimiter)
    .flatMap(folder => names.map(name => path.join(folder, name)))
    .find(file => existsSync(file));
  if (!found) {
    throw new Error(
      'The browser tests need Chromium. Install it, for instance with ' +
        '"apt-get install chromium", or set CHROMIUM to its path.'
    );
  }
  return found;
}

// The workers of Playwright read this file too, and must come to the same answers.
const isMain = process.env.CASA_UI_PORT === undefined;
if (isMain) {
  process.env.CASA_UI_PORT = freePort();
  process.env.CASA_UI_HOME = realpathSync(
    mkdtempSync(path.join(tmpdir(), 'casa-ui-'))
  );
  process.env.CHROMIUM = chromium();
  process.env.CASA_TEST_DATA ??= path.resolve(__dirname, '../../shared/data');
  mkdirSync(path.join(process.env.CASA_UI_HOME, 'work'));
  process.on('exit', () =>
    rmSync(process.env.CASA_UI_HOME, { force: true, recursive: true })
  );
}
const home = process.env.CASA_UI_HOME;
const url = `http://127.0.0.1:${process.env.CASA_UI_PORT}`;

module.exports = {
  ...baseConfig,
  testDir: 'tests',
  outputDir: 'test-results',
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  retries: 0,
  // Many times what a story takes: machines may be busy.
  timeout: 300_000,
  expect: { timeout: 15_000 },
  workers: 1,
  use: {
    ...baseConfig.use,
    baseURL: url,
    launchOptions: {
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-gpu',
        '--disable-quic',
        '--disable-sync',
        '--no-first-run'
      ],
      executablePath: process.env.CHROMIUM
    },
    trace: 'off',
    // A recording needs an ffmpeg that only comes with Playwright's own browsers.
    video: 'off',
    viewport: { width: 1280, height: 800 }
  },
  webServer: {
    command:
      'jupyter lab --config jupyter_server_test_config.py > jupyter.log 2>&1',
    env: {
      CASA_DATA_DIR: '', // the default, below JUPYTER_DATA_DIR
      CASA_UI_PORT: process.env.CASA_UI_PORT,
      JUPYTERLAB_GALATA_ROOT_DIR: path.join(home, 'work'),
      JUPYTER_CONFIG_DIR: path.join(home, 'config'),
      JUPYTER_DATA_DIR: path.join(home, 'data'),
      // Unix sockets live here, and their paths must stay short.
      JUPYTER_RUNTIME_DIR: path.join(home, 'run')
    },
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
    reuseExistingServer: false,
    timeout: 120_000,
    url: `${url}/lab`
  }
};
