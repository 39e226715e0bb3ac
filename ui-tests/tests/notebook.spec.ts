import { expect, test } from '../pages/demo';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

const ANALYSIS = `import sys
sys.path.insert(0, "examples")
from coffea import processor
from coffea.nanoevents import NanoAODSchema
from dimuon import DimuonProcessor
runner = processor.Runner(executor=casa_lab.LiveExecutor(client), schema=NanoAODSchema)
out = runner(fileset, DimuonProcessor())
print("sum", int(out["mass"].values(flow=True).size))`;

const LAUNCHED = `import casa_lab
casa_lab.launch("examples/gated.py:GatedDimuon", ["DYJetsToLL", "TTbar"])`;

/** Fills a histogram, and once more when a file is there. */
const WATCHED = `import time
from pathlib import Path
import casa_lab, hist
import numpy as np
random = np.random.default_rng(1)
h = hist.Hist.new.Reg(50, 70, 110, name="mass", label=r"$m_{\\mu\\mu}$ [GeV]").Weight()
casa_lab.watch(h, name="Z", refresh=0.1)
h.fill(random.normal(91, 3, 1_000))
while not Path("go").exists():
    time.sleep(0.1)
h.fill(random.normal(91, 3, 9_000))`;

test('a dataset dragged into a notebook runs there, live in the sidebar too', async ({
  casa,
  demo,
  page
}) => {
  await casa.startCluster();
  const notebook = await casa.newNotebook();

  await casa.dragInto(notebook, casa.dataset('TTbar'));
  const dropped = notebook
    .locator('.jp-Notebook-cell')
    .filter({ hasText: 'fileset' });
  await expect(dropped).toContainText('TTbar_1.root');
  await casa.picture('notebook-drop');

  await dropped.locator('.cm-content').click();
  await page.keyboard.press('Shift+Enter');
  await casa.dragInto(notebook, casa.cluster.locator('header'));
  const connecting = notebook
    .locator('.jp-Notebook-cell')
    .filter({ hasText: 'casa_lab.connect' });
  await connecting.locator('.cm-content').click();
  await page.keyboard.press('Shift+Enter');
  await casa.runCell(notebook, ANALYSIS);

  await expect(casa.newestRun).toContainText('DimuonProcessor', {
    timeout: 60_000
  });
  await expect(
    notebook.locator('.jp-OutputArea-output').filter({ hasText: 'sum' })
  ).toBeVisible({
    timeout: 90_000
  });
  await expect(casa.newestRun).toHaveAttribute('data-state', 'done');
  const run = await casa.newestRun.getAttribute('data-run');
  await casa.newestRun.getByRole('button').first().click();
  await casa.waitForState('Done');
  await casa.waitForHistogram();
  await casa.picture('notebook-run');
  demo.compareWithCoffea([String(run)], 'dimuon.py:DimuonProcessor');
});

test('cells show a run and a histogram live, also after a reload', async ({
  casa,
  demo,
  page
}) => {
  demo.closeGate();
  const notebook = await casa.newNotebook();
  await casa.runCell(notebook, LAUNCHED);
  const cell = notebook.locator('.casa-RunCell');
  const badge = cell.locator('.casa-RunTab-badge');
  await expect(badge).toHaveText('Running', { timeout: 90_000 });
  await expect(cell.locator('.casa-RunTab-events')).toContainText('100,000');
  await expect(
    cell.locator('.casa-RunTab-selected .casa-Plot svg path').first()
  ).toBeVisible();
  await casa.picture('notebook-cell-running');

  await casa.runCell(notebook, WATCHED);
  const histogram = notebook.locator('.casa-HistogramCell');
  const entries = notebook.locator('.casa-Readout tr').first();
  const readPeak = async (): Promise<number> => {
    const plot = histogram.locator('.casa-Plot');
    // A plot that changes its size under the pointer puts its read-out away.
    await expect(async () => {
      const box = await plot.boundingBox();
      await page.mouse.move(0, 0);
      await plot.hover({
        position: { x: (box?.width ?? 0) / 2, y: (box?.height ?? 0) / 2 }
      });
      await expect(entries).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
    return parseInt((await entries.textContent())?.match(/\d+/)?.[0] ?? '', 10);
  };
  await expect.poll(readPeak).toBeGreaterThan(20);
  expect(await readPeak()).toBeLessThan(200);
  writeFileSync(path.join(demo.folder, 'go'), '');
  await expect.poll(readPeak).toBeGreaterThan(200);
  await casa.picture('notebook-histogram');
  demo.openGate();
  await cell.scrollIntoViewIfNeeded();
  await expect(badge).toHaveText('Done', { timeout: 60_000 });
  await expect(cell.locator('.casa-RunTab-events')).toContainText('650,000');
  await casa.picture('notebook-cell-done');

  await page.keyboard.press('Control+s');
  await casa.dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(
    page.locator('.lm-TabBar-tab.lm-mod-current.jp-mod-dirty')
  ).toHaveCount(0);
  await page.reload();
  await casa.ready();
  await expect(badge).toHaveText('Done');
  await expect.poll(readPeak).toBeGreaterThan(200);
  await cell.scrollIntoViewIfNeeded();
  await casa.setTheme('Dark');
  await casa.picture('notebook-cell-dark');
  await page.setViewportSize({ width: 760, height: 900 });
  await casa.picture('notebook-cell-narrow');
  await readPeak();
  await casa.picture('notebook-histogram-narrow');
  await casa.setTheme('Light');
});
