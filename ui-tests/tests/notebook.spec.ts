import { expect, test } from '../pages/demo';

const ANALYSIS = `import sys
sys.path.insert(0, "examples")
from coffea import processor
from coffea.nanoevents import NanoAODSchema
from dimuon import DimuonProcessor
runner = processor.Runner(executor=casa_lab.LiveExecutor(client), schema=NanoAODSchema)
out = runner(fileset, DimuonProcessor())
print("sum", int(out["mass"].values(flow=True).size))`;

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
