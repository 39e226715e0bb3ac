import { expectAccessible, expectReachable } from '../pages/accessibility';
import { expect, test } from '../pages/demo';

test('everything can be used with a keyboard and a screen reader', async ({
  casa,
  demo,
  page
}) => {
  const { dialog, runTab, sidebar } = casa;
  const tab = '.jp-MainAreaWidget:not(.lm-mod-hidden) > .casa-RunTab';
  const { keyboard } = page;

  // The dialog, from the key that opens it to the one that closes it.
  await casa.fillNewRun('Breaking', ['TTbar', 'WJets']);
  await dialog.getByRole('button', { name: 'More' }).focus();
  await keyboard.press('Enter');
  await expect(dialog.getByLabel('Note')).toBeVisible();
  await dialog.getByRole('button', { name: 'Dry Run' }).focus();
  await keyboard.press('Enter');
  await expect(
    dialog.locator('.casa-DryRun-headline, .casa-DryRun-failure').first()
  ).toBeVisible({ timeout: 60_000 });
  await expectReachable(dialog);
  await expectAccessible(page, '.casa-LaunchForm');
  await keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  const run = await casa.launch('Breaking', ['TTbar', 'WJets']);
  await casa.waitForState('Done');
  await casa.waitForHistogram();
  await expect(casa.cluster).toBeVisible();
  await sidebar
    .getByRole('button', { name: 'Filter by state and tag' })
    .focus();
  await keyboard.press('Enter');
  await expectAccessible(page, '#casa-sidebar .casa-Section-body');
  await expectReachable(sidebar);

  // The tab, with everything open that opens.
  for (const name of ['Details', 'Log', 'Performance', 'Files']) {
    const fold = runTab.getByRole('button', { name, exact: true });
    if ((await fold.getAttribute('aria-expanded')) === 'false') {
      await fold.press('Enter');
    }
  }
  for (const name of ['More', 'Save as']) {
    await runTab.getByRole('button', { name }).press('Enter');
  }
  const plot = runTab.getByRole('group', { name: /^Histogram/ });
  await plot.press('ArrowRight');
  await plot.press('Shift+ArrowRight');
  await expect(runTab.locator('.casa-Readout')).toBeVisible();
  await expect(runTab.locator('.casa-Integrals')).toBeVisible();
  await expectAccessible(page, tab);
  await casa.picture('accessibility');
  await expectReachable(runTab);

  await runTab
    .getByRole('button', { name: 'Edit name, tags and note' })
    .press('Enter');
  await expectAccessible(page, `${tab} .casa-LabelForm`);
  await keyboard.press('Escape');
  await expect(runTab.locator('.casa-LabelForm')).toBeHidden();

  await casa.setTheme('Dark');
  await expectAccessible(page, tab, '#casa-sidebar .casa-Section-body');
  await casa.setTheme('Light');

  // What asks before it acts.
  await runTab
    .getByRole('button', { name: 'Exclude and accept…' })
    .press('Enter');
  await expectAccessible(page, '.jp-Dialog-body');
  await keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  // Very many files, and what changed since.
  const row = (id: string) => sidebar.locator(`[data-run="${id}"]`);
  const large = demo.makeLargeRun();
  await row(large).locator('.casa-Run-open').press('Enter');
  await expect(runTab.getByRole('listbox').first()).toBeVisible();
  await expectAccessible(page, tab);
  await row(large)
    .getByRole('button', { name: 'Pin as Reference' })
    .press('Enter');
  await row(run).getByRole('button', { name: 'What Changed' }).press('Enter');
  await expectAccessible(page, '.casa-Compare');
});
