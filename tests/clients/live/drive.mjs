// Runs the scenarios of the live page in Chromium.
import { runScenarios } from '../scenarios.mjs';
import { browser, visitPage } from './live_visit.mjs';

const FILES = ['empty', 'events', 'opened', 'keyboard', 'tools', 'hostile', 'accessible'];
const SECONDS = 90; // until a scenario has failed

const chromium = await browser();
await runScenarios(new URL('./scenarios/', import.meta.url), FILES, SECONDS, {
  visit: ({ url, app }) => visitPage(chromium, url, app),
  seen: ({ seen }) => JSON.stringify(seen),
  after: endChaos,
});
await chromium.close();

/** Whatever came of a scenario, the next one finds a gateway that works. */
async function endChaos({ url }) {
  const body = JSON.stringify({ destination: 'none', queue: 'none' });
  await fetch(`${url}/live/chaos`, { method: 'POST', headers: { 'X-Live': '1' }, body });
}
