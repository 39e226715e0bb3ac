import { cpSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../pages/demo';

const RUNS: [processor: string, dataset: string][] = [
  ['DimuonProcessor', 'nano_dimuon'],
  ['TTbarProcessor', 'nanoAOD_2015_CMS_Open_Data_ttbar'],
  ...[1, 2, 3, 5, 6, 7, 8].map((query): [string, string] => [
    `ADLQuery${query}`,
    'nano_dy'
  ]),
  [
    'ADLQuery4',
    'cmsopendata2015_ttbar_19980_NANOAOD_RNTupleImporter_rntuple_v1-0-0-1'
  ],
  ['PhysliteProcessor', 'PHYSLITE_example'],
  ['HZZProcessor', 'uproot-HZZ'],
  ['ZmumuProcessor', 'uproot-Zmumu']
];

test('every example on real files from the sidebar equals plain Coffea', async ({
  casa,
  demo
}) => {
  const real = path.join(String(process.env.CASA_TEST_DATA), 'real');
  cpSync(real, path.join(demo.folder, 'real'), { recursive: true });
  await casa.sidebar.getByRole('button', { name: 'Add datasets' }).click();
  await casa.dialog
    .locator('.jp-DirListing-item')
    .filter({ has: casa.page.getByText('real', { exact: true }) })
    .click();
  await casa.dialog.getByRole('button', { name: 'Select' }).click();
  await expect(casa.dataset('nano_dy')).toBeVisible({ timeout: 60_000 });

  const runs = [];
  for (const [processor, dataset] of RUNS) {
    runs.push(await casa.launch(processor, [dataset]));
    await casa.waitForState('Done');
    await casa.waitForAxes();
  }
  demo.compareWithCoffea(runs);

  await casa.sidebar
    .getByRole('button', { name: 'Remove real from the list' })
    .click();
  await expect(casa.dataset('nano_dy')).toBeHidden();
});
