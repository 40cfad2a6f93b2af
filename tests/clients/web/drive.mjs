// Runs the scenarios of the client for web pages in the browser that the command line names.
import { runScenarios } from '../scenarios.mjs';
import { browserNamed, visitor } from './web_visit.mjs';

const FILES = ['sending', 'outages', 'storage', 'tabs', 'leaving', 'pages', 'consent', 'closing', 'documented'];
const SECONDS = 20; // until a scenario has failed

const browser = await browserNamed(process.argv[2]);
await runScenarios(new URL('./scenarios/', import.meta.url), FILES, SECONDS, {
  visit: async ({ url, app, ...more }) => ({ ...(await visitor(browser, url, app)), ...more }),
  seen: ({ road }) => JSON.stringify(road.exchanges, null, 1),
});
await browser.close();
