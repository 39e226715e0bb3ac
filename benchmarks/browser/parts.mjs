/** The parts of the benchmark that the browser does; each returns numbers. */
import { gzipSync } from 'node:zlib';

/** The connection for histograms is closed when nobody has seen any for 5 s. */
const IDLE = 6000;

/** What the extension adds to the start, and what the first run adds to that. */
export async function startup(lab, { run }) {
  const page = await lab.open();
  const start = await weigh(page.loaded.splice(0));
  await page.openRun(run);
  const later = await weigh(page.loaded.splice(0));
  await page.close();
  return { start, 'with the first run': later };
}

async function weigh(responses) {
  const bodies = await Promise.all(responses.map(each => each.body()));
  const sum = numbers => numbers.reduce((total, each) => total + each, 0);
  return {
    files: bodies.length,
    bytes: sum(bodies.map(body => body.length)),
    gzip: sum(bodies.map(body => gzipSync(body, { level: 9 }).length))
  };
}

/** A run that goes on, with all its histograms on screen. */
export async function live(lab, { plots, run, seconds }) {
  const page = await lab.open();
  await page.openRun(run, plots);
  const before = await drawn(page);
  const seen = await page.observe(seconds);
  const after = await drawn(page);
  await page.close();
  return {
    ...summary(seen),
    redrawn: after.filter((path, index) => path !== before[index]).length
  };
}

/** The outlines of all plots. */
function drawn({ page }) {
  return page.evaluate(() =>
    [...document.querySelectorAll('.casa-Plot svg')].map(svg =>
      [...svg.querySelectorAll('.casa-Plot-marks path')]
        .map(path => path.getAttribute('d'))
        .join()
    )
  );
}

/** An hour's updates one after the other: what stays in memory. */
export async function replay(lab, { plots, run, updates }) {
  const page = await lab.open();
  await page.openRun(run, plots);
  await page.observe(4);
  const started = Date.now();
  const steps = 12;
  const samples = [await page.memory()];
  for (let step = 0; step < steps; step++) {
    await page.page.evaluate(
      count => window.casaProbe.replay(count),
      Math.round(updates / steps)
    );
    samples.push(await page.memory());
  }
  await page.close();
  return { updates, seconds: (Date.now() - started) / 1000, samples };
}

/** A large accumulator next to a small one. */
export async function large(lab, { runs, seconds }) {
  const found = {};
  for (const [name, run] of Object.entries(runs)) {
    const page = await lab.open();
    const empty = await page.memory();
    await page.page.evaluate(() => window.casaProbe.start());
    const opened = await page.openRun(run);
    await page.page.waitForTimeout(1000 * seconds);
    const { bytes, byWatch, longTasks } = await page.page.evaluate(() =>
      window.casaProbe.stop()
    );
    const full = await page.memory();
    found[name] = {
      opened,
      bytes,
      watches: Object.keys(byWatch).length,
      longest: Math.max(0, ...longTasks),
      heap: full.heap + full.embedder + full.buffers,
      'more heap':
        full.heap +
        full.embedder +
        full.buffers -
        empty.heap -
        empty.embedder -
        empty.buffers,
      ...(await page.elements()),
      scrolled: await scrollThrough(page)
    };
    await page.close();
  }
  return found;
}

/** Looks at all thumbnails and comes back. */
async function scrollThrough(page) {
  await page.page.evaluate(() => window.casaProbe.start());
  await page.page.evaluate(async () => {
    const tab = window.jupyterapp.shell.currentWidget.content.node;
    for (let top = 0; top < tab.scrollHeight; top += tab.clientHeight) {
      tab.scrollTop = top;
      await new Promise(resolve => setTimeout(resolve, 500));
    }
    tab.scrollTop = 0;
    await new Promise(resolve => setTimeout(resolve, 1500));
  });
  const { bytes, byWatch, longTasks } = await page.page.evaluate(() =>
    window.casaProbe.stop()
  );
  return {
    bytes,
    watches: Object.keys(byWatch).length,
    longest: Math.max(0, ...longTasks),
    ...(await page.elements())
  };
}

/** From the click to the first plot of a run that has ended. */
export async function finished(lab, { rounds, runs }) {
  const found = {};
  for (const [name, run] of Object.entries(runs)) {
    found[name] = { first: [], again: [] };
    for (let round = 0; round < rounds; round++) {
      const page = await lab.open();
      found[name].first.push(await page.openRun(run));
      // What draws is loaded by now.
      await page.page.evaluate(() =>
        window.jupyterapp.shell.currentWidget.dispose()
      );
      found[name].again.push(await page.openRun(run));
      await page.close();
    }
  }
  return found;
}

/** Ten runs that go on, one of them in front; then none; then nobody looks. */
export async function ten(lab, { plots, runs, seconds }) {
  const page = await lab.open();
  for (const run of runs) {
    await page.openRun(run, plots);
  }
  const front = runs[runs.length - 1];
  const seen = await page.observe(seconds);
  const switched = [];
  for (const run of runs) {
    switched.push(await page.openRun(run, plots));
  }
  await page.page.evaluate(async () => {
    await window.jupyterapp.commands.execute('launcher:create');
  });
  await page.page.waitForTimeout(IDLE);
  const behind = await page.observe(5);
  await page.openRun(front);
  await page.page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { get: () => true });
    Object.defineProperty(document, 'visibilityState', {
      get: () => 'hidden'
    });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await page.page.waitForTimeout(IDLE);
  const hidden = await page.observe(5);
  await page.close();
  const ofOthers = Object.entries(seen.byRun).filter(([run]) => run !== front);
  return {
    ...summary(seen),
    'frames of other runs': total(Object.fromEntries(ofOthers)),
    switched,
    behind: summary(behind),
    hidden: summary(hidden)
  };
}

/** Says of what was observed what matters. */
function summary(seen) {
  const { animationFrames, bytes, busy, byWatch, longTasks, seconds } = seen;
  const frames = total(byWatch);
  const watches = Object.keys(byWatch).length;
  return {
    seconds,
    frames,
    watches,
    'updates a second': watches ? frames / watches / seconds : 0,
    bytes,
    painted: quantiles(seen.latencies),
    'until next': quantiles(seen.untilNext),
    longest: Math.max(0, ...longTasks),
    'long tasks': longTasks.length,
    'animation frames': quantiles(animationFrames),
    busy
  };
}

function total(counts) {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function quantiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = part =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ??
    null;
  return { median: at(0.5), p95: at(0.95), most: at(1) };
}
