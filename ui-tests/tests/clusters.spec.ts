import { expect, test } from '../pages/demo';

test('a cluster starts, scales, shows its dashboards and stops', async ({
  casa,
  page
}) => {
  await casa.startCluster();
  const { cluster } = casa;
  const id = await cluster.getAttribute('data-cluster');
  await expect(cluster).toContainText('2 of 2 workers');
  await cluster.getByRole('button', { name: 'One worker more' }).click();
  await expect(cluster).toContainText('3 of 3 workers', { timeout: 60_000 });
  await cluster.getByRole('button', { name: 'One worker less' }).click();
  await expect(cluster).toContainText('2 of 2 workers', { timeout: 60_000 });

  await cluster.getByRole('button', { name: 'Dashboards' }).click();
  await expect(
    page.locator('#jp-main-dock-panel').getByRole('tab', { name: 'Progress' })
  ).toBeVisible({ timeout: 30_000 });
  await expect(
    page
      .frameLocator('iframe[src*="dashboard/individual-progress"]')
      .locator('.bk-Figure')
      .first()
  ).toBeAttached({ timeout: 30_000 });
  await casa.picture('dashboards');

  await cluster.getByRole('button', { name: 'Stop Local' }).click();
  await expect(casa.sidebar.locator(`[data-cluster="${id}"]`)).toHaveAttribute(
    'data-state',
    'stopped',
    { timeout: 60_000 }
  );
});
