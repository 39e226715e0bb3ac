import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../pages/demo';

const MARKUP = '<img src=x onerror=alert(1)>"\'';
const TAIL = 'a_very_long_name_'.repeat(30);
/** Markup, quotes, a change of direction that is never undone, an emoji. */
const LONG = `${MARKUP}\u202eעברית💥${TAIL}`.slice(0, 500);
/** Of what Coffea allows in names of datasets and files, the worst. */
const ASCII = `${MARKUP}${TAIL}`.slice(0, 500);

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
      [ASCII]: {
        files: {
          [path.join(sample, 'TTbar_1.root')]: 'Events',
          [path.join(sample, 'TTbar_2.root')]: 'Events',
          [path.join(sample, `${ASCII.slice(30, 200)}.root`)]: 'Events'
        }
      },
      [LONG]: { files: { [path.join(sample, 'TTbar_3.root')]: 'Events' } }
    })
  );
  const hostile = casa.sidebar.locator('[data-dataset^="<img"] input');
  await expect(hostile).toHaveCount(2, { timeout: 30_000 });
  const first = await casa.launch('Unusual', ['WJets']);
  await casa.waitForState('Done');
  for (const dataset of await hostile.all()) {
    await dataset.check();
  }
  await casa.sidebar
    .getByRole('button', { name: 'New Run with 2 Datasets' })
    .click();
  await casa.dialog
    .getByRole('combobox', { name: 'Processor' })
    .fill('Unusual');
  await casa.dialog
    .getByRole('option')
    .filter({ hasText: 'Unusual' })
    .first()
    .click();
  await casa.dialog.getByLabel('Name', { exact: true }).fill(LONG);
  await casa.dialog.getByLabel('Tags').fill(`${LONG.slice(0, 60)}, short`);
  await casa.dialog.getByRole('button', { name: 'Launch' }).click();
  await expect(casa.dialog).toContainText('is not an ASCII character');
  await casa.picture('names-refused');
  await casa.dialog.locator('.casa-Tick').filter({ hasText: 'עברית' }).click();
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
  await expect(details).toContainText('unusual.py');
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
  // What follows finds nothing ticked, of the datasets and of the runs.
  for (const section of ['first', 'last'] as const) {
    await casa.sidebar
      .getByRole('button', { name: 'Untick all' })
      [section]()
      .click();
  }
  await expect(page.locator('img[src="x"]')).toHaveCount(0);
});
