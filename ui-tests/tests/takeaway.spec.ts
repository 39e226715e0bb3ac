import { expect, test } from '../pages/demo';
import { readFileSync } from 'node:fs';

test('a histogram is saved for a note, and dragged into a notebook', async ({
  casa,
  page
}) => {
  await casa.launch('TTbarProcessor', ['TTbar', 'DYJetsToLL', 'Data']);
  await casa.waitForState('Done');
  await casa.waitForHistogram();
  const tab = casa.runTab;
  await tab.getByRole('button', { name: 'Save as' }).click();
  await tab.getByLabel('Style').last().selectOption({ label: 'CMS' });
  await tab.getByLabel('Status').fill('Preliminary');
  await tab.locator('.casa-TakeAway').scrollIntoViewIfNeeded();
  await casa.picture('take-away');

  const [picture] = await Promise.all([
    page.waitForEvent('download'),
    tab.getByRole('button', { name: 'PNG' }).click()
  ]);
  expect(picture.suggestedFilename()).toMatch(/^\w+\.png$/);
  const bytes = readFileSync(await picture.path());
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');

  await casa.setTheme('Dark');
  await tab.locator('.casa-TakeAway').scrollIntoViewIfNeeded();
  await casa.picture('take-away-dark');
  await casa.setTheme('Light');

  // Side by side with the tutorial, to be dragged into it.
  await casa.moveTabToRight();
  const notebook = page.locator('.jp-NotebookPanel:visible');
  await casa.dragInto(notebook, tab.locator('.casa-RunTab-plotTitle h3'));
  const dropped = notebook
    .locator('.jp-Notebook-cell')
    .filter({ hasText: 'zipfile.ZipFile' });
  await dropped.locator('.cm-content').click();
  await page.keyboard.press('Control+Enter');
  await expect(dropped.locator('.jp-InputPrompt')).toHaveText('[1]:', {
    timeout: 60_000
  });
  await dropped.locator('.jp-OutputArea').scrollIntoViewIfNeeded();
  await casa.picture('take-away-notebook');
  await expect(notebook.locator('.jp-OutputArea img')).toBeVisible();
});
