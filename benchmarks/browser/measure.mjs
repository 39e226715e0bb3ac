/**
 * Measures one part in the browser: `node measure.mjs '{"part": "live", ...}'`.
 *
 * Prints what was found as JSON. Playwright is that of `ui-tests`.
 */
import { Lab } from './lab.mjs';
import * as parts from './parts.mjs';

const { part, ...options } = JSON.parse(process.argv[2]);
const lab = await Lab.start(options);
try {
  console.log(JSON.stringify(await parts[part](lab, options)));
} finally {
  await lab.close();
}
