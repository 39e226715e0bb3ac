import { expect, test } from '../pages/demo';

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
  await launch.click();
  await expect(dialog).toBeHidden();
  await casa.waitForState('Done');
  await expect(casa.runTab).toContainText('Tighter.');

  await page.context().grantPermissions(['clipboard-read']);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await casa.again('Copy as Code');
  await expect.poll(copied).toContain('"threshold": 40');
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
