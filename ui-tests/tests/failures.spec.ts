import { copyFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../pages/demo';

test('bad files are listed with their cause, and the rest of the run is kept', async ({
  casa,
  demo,
  page
}) => {
  const sample = path.join(demo.folder, 'data');
  const cut = path.join(demo.folder, 'cut_off.root');
  copyFileSync(path.join(sample, 'TTbar_1.root'), cut);
  truncateSync(cut, 1_000_000);
  const good = path.join(sample, 'TTbar_2.root');
  writeFileSync(
    path.join(demo.folder, 'damaged.fileset.json'),
    JSON.stringify({
      Damaged: {
        files: {
          [good]: 'Events',
          [cut]: 'Events',
          [path.join(demo.folder, 'missing.root')]: 'Events',
          [path.join(sample, 'TTbar_3.root')]: 'NoSuchTree'
        }
      }
    })
  );
  await expect(casa.dataset('Damaged')).toBeVisible({ timeout: 30_000 });
  await casa.launch('DimuonProcessor', ['Damaged']);
  await casa.waitForState('Done');
  await casa.waitForHistogram();
  const failures = casa.runTab.locator('.casa-RunTab-failures');
  await expect(failures).toContainText('There is no file');
  await expect(failures).toContainText("has no tree 'NoSuchTree'");
  await expect(failures).toContainText('cut off');
  await expect(casa.runTab.locator('.casa-RunTab-events')).toContainText(
    '50,000'
  );
  await casa.picture('failures');
  await casa.setTheme('Dark');
  await casa.picture('failures-dark');
  await casa.setTheme('Light');
  await page.setViewportSize({ width: 640, height: 800 });
  await casa.picture('failures-narrow');
  await page.setViewportSize({ width: 1280, height: 800 });

  copyFileSync(good, path.join(demo.folder, 'missing.root'));
  await casa.runTab.getByRole('button', { name: 'Retry failures' }).click();
  await expect(casa.runTab.locator('.casa-RunTab-events')).toContainText(
    '100,000',
    { timeout: 60_000 }
  );
  await casa.waitForState('Done');
  await expect(failures).not.toContainText('There is no file');
  await expect(failures).toContainText("has no tree 'NoSuchTree'");
});

test('a processor that does not import says so where the user looks', async ({
  casa,
  demo
}) => {
  writeFileSync(
    path.join(demo.folder, 'broken.py'),
    'from coffea import processor\nimport no_such_module\n\n\n' +
      'class Broken(processor.ProcessorABC):\n    def process(self, events):\n        return {}\n'
  );
  await casa.launch('Broken', ['TTbar']);
  await casa.waitForState('Failed');
  await expect(casa.runTab).toContainText(
    "there is no module 'no_such_module'"
  );
});
