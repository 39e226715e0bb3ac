/** JupyterLab in headless Chromium, with what is needed to measure it. */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(
  new URL('../../ui-tests/package.json', import.meta.url)
);
const { chromium } = require('@playwright/test');

/** What is drawn of a histogram. */
const DRAWN = '.casa-Plot-marks path';

/** A browser that shows JupyterLab, each time anew. */
export class Lab {
  constructor(browser, address, viewport) {
    this._browser = browser;
    this._address = address;
    this._viewport = viewport;
  }

  static async start({ address, chromium: executablePath, viewport }) {
    const browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-gpu',
        '--disable-quic',
        '--disable-sync',
        '--no-first-run'
      ]
    });
    return new Lab(browser, address, viewport);
  }

  /** Opens a page of its own, with nothing in its cache. */
  async open() {
    const context = await this._browser.newContext({
      viewport: this._viewport
    });
    const page = await context.newPage();
    const loaded = [];
    page.on('response', response => {
      if (response.url().includes('/lab/extensions/casa-lab/')) {
        loaded.push(response);
      }
    });
    await page.addInitScript({
      path: fileURLToPath(new URL('probe.js', import.meta.url))
    });
    // A workspace of its own too: runs that were open are not to come back.
    const address = new URL(this._address);
    address.pathname += `/workspaces/${randomUUID()}`;
    await page.goto(address.href);
    await page
      .locator('#casa-sidebar [data-run]')
      .first()
      .waitFor({ timeout: 120_000 });
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    const cdp = await context.newCDPSession(page);
    await cdp.send('Performance.enable');
    return new LabPage(page, cdp, loaded);
  }

  close() {
    return this._browser.close();
  }
}

/** One page with JupyterLab. */
class LabPage {
  constructor(page, cdp, loaded) {
    this.page = page;
    this.cdp = cdp;
    this.loaded = loaded;
  }

  close() {
    return this.page.context().close();
  }

  /** Opens a run; returns the milliseconds until so many of its plots are painted. */
  openRun(run, plots = 1) {
    return this.page.evaluate(
      async ([run, drawn, plots]) => {
        const { commands } = window.jupyterapp;
        const started = performance.now();
        const { content } = await commands.execute('casa:open-run', { run });
        const count = () =>
          [...content.node.querySelectorAll('.casa-Plot svg')].filter(svg =>
            svg.querySelector(drawn)
          ).length;
        while (count() < plots) {
          await new Promise(resolve => requestAnimationFrame(resolve));
        }
        // The paint follows the frame that drew it.
        await new Promise(resolve => setTimeout(resolve));
        return performance.now() - started;
      },
      [run, DRAWN, plots]
    );
  }

  /** Notes for some seconds what comes and how it is painted. */
  async observe(seconds) {
    const before = await this._metrics();
    await this.page.evaluate(() => window.casaProbe.start());
    await this.page.waitForTimeout(1000 * seconds);
    const seen = await this.page.evaluate(() => window.casaProbe.stop());
    const after = await this._metrics();
    return {
      seconds,
      ...seen,
      busy:
        (after.TaskDuration - before.TaskDuration) /
        (after.Timestamp - before.Timestamp)
    };
  }

  /** Bytes in use after collecting garbage, and elements in the page. */
  async memory() {
    await this.cdp.send('HeapProfiler.collectGarbage');
    const heap = await this.cdp.send('Runtime.getHeapUsage');
    const counters = await this.cdp.send('Memory.getDOMCounters');
    return {
      heap: heap.usedSize,
      embedder: heap.embedderHeapUsedSize ?? 0,
      buffers: heap.backingStorageSize ?? 0,
      nodes: counters.nodes,
      listeners: counters.jsEventListeners
    };
  }

  /** Elements of the run in front. */
  elements() {
    return this.page.evaluate(() => {
      const tab = window.jupyterapp.shell.currentWidget.node;
      const count = selector => tab.querySelectorAll(selector).length;
      return {
        elements: count('*'),
        thumbnails: count('.casa-RunTab-thumbnails button'),
        drawings: count('.casa-Plot svg:not(:empty)'),
        canvases: count('canvas'),
        paths: count('.casa-Plot svg path')
      };
    });
  }

  async _metrics() {
    const { metrics } = await this.cdp.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  }
}
