import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Demo, expect, test } from '../pages/demo';

/** Lists files of the sample as a dataset that is not all there yet. */
function writeGrowing({ folder }: Demo, names: string[]): void {
  const files = names.map(name => path.join(folder, 'data', name));
  writeFileSync(
    path.join(folder, 'growing.fileset.json'),
    JSON.stringify({
      Growing: { files: Object.fromEntries(files.map(f => [f, 'Events'])) }
    })
  );
}

test('a run is tried, launched and launched again with changes', async ({
  casa,
  page
}) => {
  await casa.fillNewRun('Tunable', ['TTbar']);
  const { dialog } = casa;
  const argument = (name: string) =>
    dialog.locator(`[data-argument="${name}"]`).locator('input, select');
  const launch = dialog.getByRole('button', { name: 'Launch' });
  const tryOut = dialog.getByRole('button', { name: 'Dry Run' });

  // What is missing or wrong is said before anything starts.
  await expect(launch).toBeDisabled();
  await expect(dialog.locator('.casa-LaunchForm-missing')).toContainText(
    '"year"'
  );
  await argument('threshold').fill('high');
  await expect(
    dialog.getByText('Type a number for "threshold".')
  ).toBeVisible();
  await argument('threshold').fill('30');
  await argument('year').selectOption('2018');
  await casa.picture('arguments');

  // A dry run that fails shows the user's own lines, and loses nothing.
  await argument('particle').fill('Moun');
  await tryOut.click();
  const failure = dialog.locator('.casa-DryRun-failure');
  await expect(failure).toContainText('Moun', { timeout: 60_000 });
  await expect(failure.locator('pre')).toContainText('tunable.py');
  await casa.picture('dry-run-failed');

  await argument('particle').fill('Muon');
  await tryOut.click();
  await expect(dialog.locator('.casa-DryRun-headline')).toContainText('About', {
    timeout: 60_000
  });
  await casa.picture('dry-run');
  await launch.click();
  await expect(dialog).toBeHidden();
  await casa.waitForState('Done');
  await casa.waitForHistogram();

  // The same again, with another threshold.
  await casa.again('Run Again with Changes…');
  await expect(argument('threshold')).toHaveValue('30');
  await expect(argument('year')).toHaveValue('"2018"');
  await casa.picture('run-again');
  await argument('threshold').fill('40');
  await dialog.getByRole('textbox', { name: 'Note' }).fill('Tighter.');
  await dialog.getByRole('textbox', { name: 'Keep columns' }).fill('0.5');
  await casa.picture('run-again-more');
  await launch.click();
  await expect(dialog).toBeHidden();
  await casa.waitForState('Done');
  await expect(casa.runTab).toContainText('Tighter.');

  await page.context().grantPermissions(['clipboard-read']);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await casa.again('Copy as Code');
  await expect.poll(copied).toContain('"threshold": 40');
  expect(await copied()).toContain('column_bytes=500000000');
  await casa.again('Copy as Command Line');
  await expect.poll(copied).toContain('--arg=threshold=40');
});

test('processors are offered where they are: in a notebook, among the files', async ({
  casa,
  page
}) => {
  const { dialog } = casa;
  await page
    .locator('.jp-NotebookPanel:visible')
    .getByRole('button', { name: 'Run with Casa' })
    .click();
  await expect(
    dialog.locator('.casa-Option[aria-selected="true"]')
  ).toContainText('DimuonMass');
  await casa.picture('run-notebook');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  await page.getByRole('tab', { name: /^File Browser/ }).click();
  const files = page.locator('#filebrowser');
  await files.getByText('examples', { exact: true }).dblclick();
  await files.getByText('dimuon.py', { exact: true }).click({
    button: 'right'
  });
  await page.getByRole('menuitem', { name: 'Run with Casa…' }).click();
  await expect(
    dialog.locator('.casa-Option[aria-selected="true"]')
  ).toContainText('DimuonProcessor');
  await casa.picture('run-file');
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: /^Casa/ }).click();
});

test('a run goes on with the files that have come, and with no others', async ({
  casa,
  demo,
  page
}) => {
  const { dialog, runTab } = casa;
  demo.openGate();
  writeGrowing(demo, ['TTbar_2.root']);
  await expect(casa.dataset('Growing')).toBeVisible({ timeout: 30_000 });
  const first = await casa.launch('GatedDimuon', ['Growing']);
  await casa.waitForState('Done');
  await expect(runTab.locator('.casa-RunTab-events')).toContainText('50,000');

  // Whoever processes the second file again waits for ever.
  demo.closeGate();
  writeGrowing(demo, ['TTbar_2.root', 'TTbar_1.root']);
  await expect(casa.dataset('Growing')).toContainText('2 files');
  await casa.again('Run Again with Changes…');
  const onlyNew = dialog.getByLabel('Process only what is new');
  await onlyNew.scrollIntoViewIfNeeded();
  await casa.picture('continue-before');
  await onlyNew.check();
  await casa.picture('continue');
  await page.setViewportSize({ width: 480, height: 800 });
  await casa.picture('continue-narrow');
  await page.setViewportSize({ width: 1280, height: 800 });
  await dialog.getByRole('button', { name: 'Launch' }).click();
  await expect(dialog).toBeHidden();
  await casa.waitForState('Done');
  await expect(runTab.locator('.casa-RunTab-events')).toContainText('100,000');
  const details = runTab.locator('[data-section=details]');
  await details.getByRole('button', { name: 'Details' }).click();
  await expect(details).toContainText(`Continues the run${first}`);
});
