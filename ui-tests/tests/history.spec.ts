import { WITHOUT_NOTICES } from '../pages/casa';
import { expect, test } from '../pages/demo';

test('runs are found, understood, compared, taken away and brought back', async ({
  casa,
  page
}) => {
  const { runTab, sidebar } = casa;
  const first = await casa.launch('TTbarProcessor', ['TTbar']);
  await casa.waitForState('Done');
  const second = await casa.launch('TTbarProcessor', ['TTbar', 'WJets']);
  await expect(runTab.getByText('WJets').first()).toBeVisible();
  await casa.waitForState('Done');
  const row = (run: string) => sidebar.locator(`[data-run="${run}"]`);

  await runTab
    .getByRole('button', { name: 'Edit name, tags and note' })
    .click();
  await runTab.getByRole('textbox', { name: 'Tags' }).fill('paper, W jets');
  await runTab.getByRole('textbox', { name: 'Note' }).fill('With W + jets.');
  await casa.picture('labels-form');
  await runTab.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(runTab.locator('.casa-Labels')).toContainText('W jets');
  await expect(row(second)).toContainText('paper');

  const search = sidebar.getByRole('searchbox', { name: 'Search runs' });
  await search.fill('paper ttbar');
  await expect(row(first)).toBeHidden();
  await expect(row(second)).toBeVisible();
  await search.fill('');

  await row(first).hover();
  await row(first).getByRole('checkbox', { name: 'Select' }).check();
  await expect(sidebar).toContainText('Choose Another to Compare');
  await row(second)
    .locator('.casa-Run-open')
    .click({ modifiers: ['Control'] });
  await sidebar.getByRole('button', { name: 'Compare 2 Runs' }).click();
  const comparison = page.locator('.casa-Compare:visible');
  const drawn = comparison.locator('.casa-RunTab-selected .casa-Plot svg');
  await expect(drawn.getByText('TTbarProcessor (2)')).toBeVisible();
  await expect(drawn.getByText('Ratio', { exact: true })).toBeVisible();
  await expect(comparison.getByText('× 2.00').first()).toBeVisible();
  await casa.picture('compare', WITHOUT_NOTICES);
  await comparison.locator('summary', { hasText: 'WJets' }).click();
  await expect(comparison.getByText('WJets_1.root')).toBeVisible();
  await expect(comparison).not.toContainText('Versions');
  await casa.picture('compare-changes');
  await casa.setTheme('Dark');
  await casa.picture('compare-dark');
  await page.setViewportSize({ width: 640, height: 900 });
  await casa.picture('compare-narrow');
  await page.setViewportSize({ width: 1280, height: 800 });

  await sidebar.getByRole('button', { name: 'Untick all' }).click();
  await row(first).hover();
  await Promise.all([
    page.waitForResponse(
      response =>
        response.request().method() === 'PUT' &&
        response.url().includes('/api/workspaces/')
    ),
    row(first).getByRole('button', { name: 'Pin as Reference' }).click()
  ]);
  await page.reload();
  await casa.ready();
  await expect(row(first).locator('.casa-Run-pin')).toBeVisible();
  await expect(drawn.getByText('TTbarProcessor (2)')).toBeVisible();

  await casa.showRunTab(second);
  const details = runTab.locator('[data-section=details]');
  await details.getByRole('button', { name: 'Details' }).click();
  await expect(details.getByText('class TTbarProcessor')).toBeVisible();
  await details.scrollIntoViewIfNeeded();
  await casa.picture('details-dark');
  await casa.setTheme('Light');
  await details.getByRole('button', { name: 'Open ttbar.py' }).click();
  const code = page.locator('.casa-CodeTab:visible');
  await expect(code.getByText('class TTbarProcessor')).toBeVisible();
  await expect(code).toContainText('read-only');
  await casa.picture('code');
  await casa.showRunTab(second);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    details.getByRole('link', { name: 'Export Run' }).click()
  ]);
  const file = await download.path();

  await row(second).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Delete Run' }).click();
  await casa.dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(row(second)).toBeHidden();
  await expect(runTab).toContainText('does not exist any more');

  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    sidebar.getByRole('button', { name: 'Import a run' }).click()
  ]);
  await chooser.setFiles(file);
  await expect(row(second)).toContainText('paper');
  await casa.waitForState('Done');
  await casa.waitForHistogram();

  // Other stories leave runs, too.
  const known = await sidebar.locator('[data-run]').count();
  await row(second).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Run Again', exact: true }).click();
  await expect(sidebar.locator('[data-run]')).toHaveCount(known + 1);
  await casa.waitForState('Done');
  await expect(runTab.locator('.casa-Labels')).toContainText('W jets');

  await row(first).hover();
  await row(first).getByRole('button', { name: 'Archive Run' }).click();
  await expect(row(first)).toBeHidden();
  await sidebar
    .getByRole('button', { name: 'Filter by state and tag' })
    .click();
  await sidebar.getByRole('checkbox', { name: 'Archived' }).check();
  await expect(row(first)).toBeVisible();
  await casa.picture('history-filter');
  await row(first).hover();
  await row(first)
    .getByRole('button', { name: 'Take Run out of the Archive' })
    .click();
  await sidebar.getByRole('button', { name: 'Clear' }).click();
  await expect(row(first)).toBeVisible();
});
