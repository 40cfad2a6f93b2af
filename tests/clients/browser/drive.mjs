// Runs one scenario in a browser, prints as JSON what came of it, and stays until stdin ends.
import { once } from 'node:events';
import { serve } from './site.mjs';
import * as scenarios from './scenarios.mjs';
import { visit } from './visit.mjs';

const { library, scenario, origin, start, ...options } = JSON.parse(process.argv[2]);
const site = await serve(library, origin, start);
const address = `${site}/?${new URLSearchParams(options)}`;
const { page, seen, end } = await visit(address);
try {
  await page.waitForFunction(() => window.started);
  const concluded = await scenarios[scenario](page);
  console.log(JSON.stringify({ ...seen, concluded }));
  process.stdin.resume();
  await once(process.stdin, 'end');
} catch (error) {
  console.error(error.message, seen);
  process.exitCode = 1;
} finally {
  await end();
}
