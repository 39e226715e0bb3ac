import { expect, test } from '../pages/demo';

test('64,000 files are seen at a glance, and each of them can be looked at', async ({
  casa,
  demo,
  page
}) => {
  const run = demo.makeLargeRun();
  await casa.sidebar.locator(`[data-run="${run}"] .casa-Run-open`).click();
  const tab = casa.runTab;
  const files = tab.locator('[data-section=files]');
  await expect(files.getByRole('button', { name: 'Failed' })).toBeVisible();
  await casa.picture('watching');

  const grid = files.getByRole('listbox', { name: 'TTToSemiLeptonic' });
  await expect(grid.locator('path')).toHaveCount(6);
  await grid.focus();
  await page.keyboard.press('ArrowRight');
  await expect(grid.getByRole('option')).toContainText('files 51 to 100');
  await page.keyboard.press('Enter');
  const list = files.getByRole('region');
  await expect(list.locator('li')).toHaveCount(50);
  await expect(list).toContainText('00000050.root');

  await files.getByRole('button', { name: 'Failed' }).click();
  await expect(list).toContainText('1 to 50 of');
  await expect(list.locator('li').first()).toContainText('File damaged');
  await list.getByRole('button', { name: 'Files after these' }).click();
  await expect(list).toContainText('51 to 100 of');
  await files.scrollIntoViewIfNeeded();
  await casa.picture('watching-files');

  const performance = tab.locator('[data-section=performance]');
  await performance.getByText('What the last percent waits for').click();
  await performance.scrollIntoViewIfNeeded();
  await casa.picture('watching-performance');
  await performance.getByRole('button', { name: 'Performance' }).click();
  await expect(performance.locator('dl')).toBeHidden();

  await casa.setTheme('Dark');
  await casa.picture('watching-dark');
  await page.setViewportSize({ width: 640, height: 900 });
  await casa.picture('watching-narrow');
  await tab.getByRole('button', { name: 'Look into it' }).click();
  await expect(tab.locator('[data-section=failures]')).toBeInViewport();
  await casa.picture('watching-narrow-failures');
  await page.setViewportSize({ width: 1280, height: 800 });
  await casa.setTheme('Light');

  await page.reload();
  await casa.ready();
  await expect(files.getByRole('button', { name: 'Failed' })).toBeVisible();
  await expect(performance).toBeVisible();
  await expect(performance.locator('dl')).toBeHidden();
});
