import { WITHOUT_NOTICES } from '../pages/casa';
import { DATASETS, expect, test } from '../pages/demo';

test('data over a stack: ratio, zoom, integral, luminosity', async ({
  casa,
  demo,
  page
}) => {
  const run = await casa.launch('TTbarProcessor', DATASETS);
  await casa.waitForState('Done');
  await casa.waitForHistogram();
  const tab = casa.runTab;
  const plot = tab.locator('.casa-Plot.casa-mod-full');
  await expect(plot.locator('.casa-Plot-guide')).toBeAttached();
  await plot.scrollIntoViewIfNeeded();
  await casa.picture('histogram-ratio', WITHOUT_NOTICES);

  // Dragging zooms; a key goes back.
  const box = await plot.boundingBox();
  if (!box) {
    throw new Error('The plot is not in view.');
  }
  const drag = async (from: number, to: number): Promise<void> => {
    const y = box.y + box.height / 3;
    await page.mouse.move(box.x + box.width * from, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * to, y, { steps: 4 });
    await page.mouse.up();
  };
  const whole = tab.getByRole('button', { name: 'Show the whole axis (0)' });
  await expect(whole).toBeDisabled();
  await drag(0.3, 0.6);
  await expect(whole).toBeEnabled();
  await plot.press('Backspace');
  await expect(whole).toBeDisabled();

  // With Shift it integrates.
  await page.keyboard.down('Shift');
  await drag(0.3, 0.6);
  await page.keyboard.up('Shift');
  await expect(tab.locator('.casa-Integrals')).toContainText('Data');
  await page.mouse.move(box.x + box.width * 0.45, box.y + box.height / 3);
  await expect(tab.locator('.casa-Readout')).toContainText('±');

  await tab.getByRole('button', { name: 'More' }).click();
  const options = tab.locator('.casa-Controls.casa-mod-more');
  await options.getByLabel('Panel').selectOption({ label: 'Pull' });
  await options.getByLabel('Scale to').selectOption({ index: 2 });
  await expect(tab.locator('.casa-Plot-remarks')).toContainText('1000 /pb');
  await plot.scrollIntoViewIfNeeded();
  await casa.picture('histogram-options');
  await casa.setTheme('Dark');
  await casa.picture('histogram-options-dark');
  await casa.setTheme('Light');
  demo.compareWithCoffea([run]);
});
