import { DATASETS, expect, test } from '../pages/demo';

test.describe.configure({ mode: 'serial' });

test('a run fills its histogram, survives reloads and equals plain Coffea', async ({
  casa,
  demo,
  page
}) => {
  demo.closeGate();
  await casa.fillNewRun('TTbarProcessor', ['DYJetsToLL', 'TTbar']);
  await casa.picture('new-run');
  await casa.dialog.getByRole('button', { name: 'Cancel' }).click();

  const run = await casa.launch('GatedDimuon', ['DYJetsToLL', 'TTbar']);
  await casa.waitForState('Running');
  await casa.waitForHistogram();
  // The gate lets the first file of each dataset through: 50,000 of their events.
  const datasets = casa.runTab.locator('.casa-RunTab-datasets li');
  await expect(datasets.filter({ hasText: 'DYJetsToLL' })).toContainText(
    '50,000 of 450,000'
  );
  await expect(datasets.filter({ hasText: 'TTbar' })).toContainText(
    '50,000 of 200,000'
  );
  await expect(casa.runTab.locator('.casa-RunTab-part').first()).toBeVisible();
  await casa.picture('running-light');

  await page.reload();
  await casa.ready();
  await casa.waitForState('Running');
  await casa.waitForHistogram();

  demo.openGate();
  await casa.waitForState('Done');
  await expect(datasets.filter({ hasText: 'DYJetsToLL' })).toContainText(
    '450,000'
  );
  await expect(casa.runTab.locator('.casa-RunTab-events')).toContainText(
    '650,000'
  );
  await casa.picture('done-light');
  demo.compareWithCoffea([run]);
});

test('simulation stacks up to the data, variation by variation', async ({
  casa,
  demo
}) => {
  const run = await casa.launch('TTbarProcessor', DATASETS);
  await casa.waitForState('Done');
  await casa.waitForHistogram();
  const variation = casa.runTab
    .locator('.casa-Controls-choice')
    .filter({ has: casa.page.getByText('Variation', { exact: true }) })
    .locator('select')
    .last();
  await expect(variation.locator('option:checked')).toHaveText('nominal');
  await casa.picture('run');
  await variation.selectOption({ label: 'jesUp' });
  await expect(variation.locator('option:checked')).toHaveText('jesUp');
  await casa.setTheme('Dark');
  await casa.picture('run-dark');
  await casa.setTheme('Light');
  demo.compareWithCoffea([run]);
});

test('every benchmark query on the sample equals plain Coffea', async ({
  casa,
  demo
}) => {
  const runs = [];
  for (const query of [1, 2, 3, 4, 5, 6, 7, 8]) {
    runs.push(
      await casa.launch(`ADLQuery${query}`, ['DYJetsToLL', 'Diboson', 'Data'])
    );
    await casa.waitForState('Done');
    await casa.waitForHistogram();
  }
  demo.compareWithCoffea(runs);
});

test('a run goes on while JupyterLab restarts, and the view comes back', async ({
  casa,
  demo
}) => {
  demo.closeGate();
  const run = await casa.launch('GatedDimuon', ['DYJetsToLL', 'TTbar']);
  await casa.waitForHistogram();
  await demo.stop();
  await demo.start();
  await casa.open(demo.address);
  await casa.showRunTab(run);
  await casa.waitForState('Running');
  await casa.waitForHistogram();
  demo.openGate();
  await casa.waitForState('Done');
  demo.compareWithCoffea([run]);
});

test('stopping keeps a valid partial result', async ({ casa, demo }) => {
  demo.closeGate();
  await casa.launch('GatedDimuon', ['DYJetsToLL', 'TTbar']);
  await casa.waitForHistogram();
  await expect(casa.runTab.locator('.casa-RunTab-events')).toContainText(
    '100,000 of 650,000'
  );
  await casa.runTab.getByRole('button', { name: 'Stop' }).click();
  await casa.waitForState('Stopped');
  await expect(casa.runTab.locator('.casa-RunTab-events')).toContainText(
    '100,000 of 650,000'
  );
  demo.openGate();
  await casa.runTab.getByRole('button', { name: 'Resume' }).click();
  await casa.waitForState('Done');
  await expect(casa.runTab.locator('.casa-RunTab-events')).toContainText(
    '650,000'
  );
});
