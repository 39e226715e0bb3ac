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
  await failures.scrollIntoViewIfNeeded();
  await casa.picture('failures-narrow');
  await page.setViewportSize({ width: 1280, height: 800 });

  copyFileSync(good, path.join(demo.folder, 'missing.root'));
  await failures.getByLabel('Choose: File missing').check();
  await casa.picture('failures-chosen');
  await failures.getByRole('button', { name: 'Retry these' }).click();
  await expect(casa.runTab.locator('.casa-RunTab-events')).toContainText(
    '100,000',
    { timeout: 60_000 }
  );
  await casa.waitForState('Done');
  await expect(failures).not.toContainText('There is no file');
  await expect(failures).toContainText("has no tree 'NoSuchTree'");
});

test('a mistake is looked into, tried again, and accepted as missing', async ({
  casa,
  page
}) => {
  await casa.launch('Breaking', ['TTbar']);
  await casa.waitForState('Done');
  await casa.waitForHistogram();
  const failures = casa.runTab.locator('.casa-RunTab-failures');
  const trace = failures.locator('.casa-Failure-traceback');
  await expect(trace).toContainText('return events.Muon.pt[:, 0]');
  await expect(trace).not.toContainText('site-packages');
  await trace.scrollIntoViewIfNeeded();
  await casa.picture('failures-processor');
  await failures.getByRole('button', { name: 'Copy code' }).click();
  await expect(
    failures.getByRole('button', { name: 'Code copied' })
  ).toBeVisible();
  await failures
    .getByRole('button', { name: 'Show the whole traceback' })
    .click();
  await expect(trace).toContainText('site-packages');

  await failures.getByRole('button', { name: 'Retry all' }).click();
  await expect(failures).toContainText('2 attempts', { timeout: 60_000 });
  await casa.waitForState('Done');

  await failures.getByRole('button', { name: 'Exclude and accept…' }).click();
  const dialog = page.locator('.jp-Dialog');
  await expect(dialog).toContainText('Leave 50,000 events out of the result');
  await casa.picture('failures-accept');
  await dialog.getByRole('button', { name: 'Exclude and Accept' }).click();
  await expect(failures).toContainText('Accepted as missing: 50,000 events');
  await expect(casa.runTab).toContainText(
    'Left out, as was accepted: 50,000 events of 1 file.'
  );
  await failures.getByText('Accepted as missing').click();
  await casa.picture('failures-accepted');
  await casa.setTheme('Dark');
  await casa.picture('failures-accepted-dark');
  await casa.setTheme('Light');
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
