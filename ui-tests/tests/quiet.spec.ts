import { expect, test } from '../pages/demo';

test('what nobody sees asks for nothing, and the page has one websocket', async ({
  casa,
  demo,
  page
}) => {
  let open = 0;
  let opened = 0;
  let asked: string[] = [];
  page.on('websocket', socket => {
    if (socket.url().includes('/casa/histograms')) {
      open += 1;
      opened += 1;
      socket.on('close', () => (open -= 1));
    }
  });
  page.on('request', request => {
    const { pathname } = new URL(request.url());
    if (pathname.includes('/casa/')) {
      asked.push(pathname);
    }
  });

  await casa.launch('TTbarProcessor', ['WJets']);
  await casa.waitForState('Done');
  await casa.waitForHistogram();
  demo.closeGate();
  const gated = await casa.launch('GatedDimuon', ['DYJetsToLL']);
  await casa.waitForHistogram();
  expect([open, opened]).toEqual([1, 1]);

  await page.getByRole('tab', { name: 'tutorial.ipynb' }).click();
  await expect.poll(() => open).toBe(0);
  asked = [];
  demo.openGate();
  const row = casa.sidebar.locator(`[data-run="${gated}"]`);
  await expect(row).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
  expect([asked, opened]).toEqual([[], 1]);

  await casa.showRunTab(gated);
  await casa.waitForState('Done');
  await expect(casa.runTab.locator('.casa-RunTab-events')).toContainText(
    '450,000'
  );
  await casa.waitForHistogram();
  expect([open, opened]).toEqual([1, 2]);
});
