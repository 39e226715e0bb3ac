import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../pages/demo';

/** Markup, quotes, a change of direction that is never undone, an emoji. */
const HOSTILE = '<img src=x onerror=alert(1)>"\'\u202eעברית💥';
const LONG = `${HOSTILE}${'a_very_long_name_'.repeat(30)}`.slice(0, 500);

test('names of all kinds do no harm, and fit into narrow and wide tabs', async ({
  casa,
  demo,
  page
}) => {
  page.on('dialog', () => {
    throw new Error('A name was run as code.');
  });
  const sample = path.join(demo.folder, 'data');
  writeFileSync(
    path.join(demo.folder, 'hostile.fileset.json'),
    JSON.stringify({
      [LONG]: {
        files: {
          [path.join(sample, 'TTbar_1.root')]: 'Events',
          [path.join(sample, `${LONG.slice(50, 200)}.root`)]: 'Events'
        }
      }
    })
  );
  await expect(casa.sidebar.locator('[data-dataset^="<img"]')).toBeVisible({
    timeout: 30_000
  });
  const first = await casa.launch('TTbarProcessor', ['TTbar']);
  await casa.waitForState('Done');
  await casa.sidebar.locator('[data-dataset^="<img"] input').check();
  await casa.sidebar
    .getByRole('button', { name: 'New Run with 1 Dataset' })
    .click();
  await casa.dialog
    .getByRole('combobox', { name: 'Processor' })
    .fill('TTbarProcessor');
  await casa.dialog
    .getByRole('option')
    .filter({ hasText: 'TTbarProcessor' })
    .first()
    .click();
  await casa.dialog.getByLabel('Name', { exact: true }).fill(LONG);
  await casa.dialog.getByLabel('Tags').fill(`${LONG.slice(0, 60)}, short`);
  await casa.dialog.getByRole('button', { name: 'Launch' }).click();
  await expect(casa.dialog).toBeHidden();
  await expect(casa.runTab.locator('h1')).toHaveText(LONG);
  await casa.waitForState('Done');
  await casa.waitForHistogram();

  const second = await casa.newestRun.getAttribute('data-run');
  const fits = async (of: string): Promise<void> => {
    const overflow = await page
      .locator(of)
      .evaluateAll(nodes =>
        nodes.map(node => node.scrollWidth - node.clientWidth)
      );
    expect(Math.max(...overflow)).toBeLessThanOrEqual(0);
  };
  const look = async (name: string): Promise<void> => {
    for (const [size, width] of [
      ['wide', 2400],
      ['narrow', 580],
      ['usual', 1280]
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await casa.picture(`${name}-${size}`);
      await fits('.casa-RunTab:visible, #casa-sidebar .casa-Section-body');
    }
  };
  const details = casa.runTab.locator('[data-section=details]');
  await details.getByRole('button', { name: 'Details' }).click();
  await expect(details).toContainText('ttbar.py');
  await look('names');
  await details.scrollIntoViewIfNeeded();
  await casa.picture('names-details');

  const row = (run: string | null) =>
    casa.sidebar.locator(`[data-run="${run}"]`);
  for (const run of [first, second]) {
    await row(run)
      .locator('.casa-Run-open')
      .click({ modifiers: ['Control'] });
  }
  await casa.sidebar.getByRole('button', { name: 'Compare 2 Runs' }).click();
  await expect(
    casa.runTab.locator('.casa-RunTab-selected .casa-Plot svg path').first()
  ).toBeVisible();
  await look('names-compare');
  await casa.sidebar.getByRole('button', { name: 'Untick all' }).click();
  await expect(page.locator('img[src="x"]')).toHaveCount(0);
});
