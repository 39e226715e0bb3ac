import { expect, test } from '@jupyterlab/galata';

test('JupyterLab starts with Casa on both sides', async ({ page, request }) => {
  const extensions = await page.evaluate(() => {
    const config = document.getElementById('jupyter-config-data');
    return JSON.parse(config?.textContent ?? '{}').federated_extensions.map(
      (extension: { name: string }) => extension.name
    );
  });
  expect(extensions).toContain('casa-lab');

  const reply = await request.get('casa/openapi.json');
  expect(reply.status()).toBe(200);
  expect((await reply.json()).info.title).toBe('Casa');
});
