// Runs scenarios in one browser: a line of JSON orders each, a line of JSON says what came of it.
import { createInterface } from 'node:readline';
import { browserNamed, visitor } from './web_visit.mjs';

const FILES = ['sending', 'outages', 'tabs', 'leaving', 'pages', 'consent', 'documented'];
const SECONDS = 20; // until a scenario has failed
const scenarios = new Map();
for (const file of FILES) {
  const { default: found } = await import(`./scenarios/${file}.mjs`);
  for (const [name, run] of Object.entries(found)) scenarios.set(name, run);
}

const browser = await browserNamed(process.argv[2]);
for await (const line of createInterface({ input: process.stdin })) {
  const { scenario, url, app, ...more } = JSON.parse(line);
  console.log(JSON.stringify({ scenario, error: await outcome(scenario, url, app, more) }));
}
await browser.close();

async function outcome(name, url, app, more) {
  const visit = { ...(await visitor(browser, url, app)), ...more };
  let timer;
  try {
    const late = new Promise((_, fail) => {
      timer = setTimeout(() => fail(new Error(`not done after ${SECONDS} s`)), SECONDS * 1000);
    });
    await Promise.race([scenarios.get(name)(visit), late]);
    visit.quiet();
    return null;
  } catch (error) {
    return `${error.stack}\n${JSON.stringify(visit.road.exchanges, null, 1)}`;
  } finally {
    clearTimeout(timer);
    await visit.end();
  }
}
