// Runs scenarios in one browser: a line of JSON orders each, a line of JSON says what came of it.
import { createInterface } from 'node:readline';
import { browser, visitPage } from './live_visit.mjs';

const FILES = ['empty', 'events', 'opened', 'keyboard', 'tools', 'hostile', 'accessible'];
const SECONDS = 90; // until a scenario has failed
const scenarios = new Map();
for (const file of FILES) {
  const { default: found } = await import(`./scenarios/${file}.mjs`);
  for (const [name, run] of Object.entries(found)) scenarios.set(name, run);
}

const chromium = await browser();
for await (const line of createInterface({ input: process.stdin })) {
  const { scenario, url, app } = JSON.parse(line);
  console.log(JSON.stringify({ scenario, error: await outcome(scenario, url, app) }));
}
await chromium.close();

async function outcome(name, url, app) {
  const visit = await visitPage(chromium, url, app);
  let timer;
  try {
    const late = new Promise((_, fail) => {
      timer = setTimeout(() => fail(new Error(`not done after ${SECONDS} s`)), SECONDS * 1000);
    });
    await Promise.race([scenarios.get(name)(visit), late]);
    visit.quiet();
    return null;
  } catch (error) {
    return `${error.stack}\n${JSON.stringify(visit.seen)}`;
  } finally {
    clearTimeout(timer);
    await visit.end();
    await endChaos(url);
  }
}

/** Whatever came of a scenario, the next one finds a gateway that works. */
async function endChaos(url) {
  const body = JSON.stringify({ destination: 'none', queue: 'none' });
  await fetch(`${url}/live/chaos`, { method: 'POST', headers: { 'X-Live': '1' }, body });
}
