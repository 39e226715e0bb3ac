import { existsSync } from 'node:fs';
import path from 'node:path';
import { DATASETS, expect, test } from '../pages/demo';

// Nothing has been started in it yet.
test.use({ isFresh: true });

test('the demo shows the sidebar, the sample, a cluster profile and the tutorial', async ({
  casa,
  demo
}) => {
  for (const name of DATASETS) {
    await expect(casa.dataset(name)).toContainText('events');
  }
  await expect(
    casa.sidebar.getByRole('button', { name: 'Start "Local"' })
  ).toBeVisible();
  await expect(
    casa.sidebar.getByRole('button', { name: 'New Run…' })
  ).toBeVisible();
  await expect(
    casa.page.getByRole('tab', { name: 'tutorial.ipynb' })
  ).toBeVisible();
  expect(existsSync(path.join(demo.folder, 'tutorial.ipynb'))).toBe(true);
  await casa.picture('empty-light');
  await casa.setTheme('Dark');
  await casa.picture('empty-dark');
  await casa.setTheme('Light');
});
