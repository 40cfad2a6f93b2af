// A visit to the live page: what a test does there, and all that the page must never do.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { FLAGS } from '../browser/visit.mjs';

const SECONDS = 20; // until what a scenario waits for has not come

/** The browser that all scenarios share. */
export const browser = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true, args: FLAGS });

/** A fresh window; `app` is the application id that is the scenario's own. */
export async function visitPage(running, url, app, options = {}) {
  const context = await running.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url });
  await context.addInitScript(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => window.violations.push(`${violatedDirective} ${blockedURI}`));
  });
  const page = await context.newPage();
  page.setDefaultTimeout(SECONDS * 1000);
  const seen = observe(page, url);
  return {
    page, url, app, seen,
    /** Open the page at a hash; the events of this scenario's application unless it says otherwise. */
    open: (hash = `#/events?application=${app}`) => page.goto(`${url}/${hash}`),
    put: (events, endpoint, endpointId = 'phone') => putEvents(url, app, events, endpoint, endpointId),
    rows: page.locator('#event-rows tr'),
    detail: page.locator('#event-detail'),
    copied: () => page.evaluate(() => navigator.clipboard.readText()),
    /** The number with which the page knows an event. */
    seq: async (event) => {
      const { events } = await (await fetch(`${url}/live/events?application=${app}`)).json();
      return events.find((row) => row.event === event).seq;
    },
    again: (other) => visitPage(running, url, app, other),
    /** The page did nothing that it must not. */
    quiet: () => assert.deepEqual(seen, { complaints: [], dialogs: [], elsewhere: [] }),
    end: () => context.close(),
  };
}

/** Send events as a client does; the answers of the endpoint. */
export async function putEvents(url, app, events, endpoint = {}, endpointId = 'phone') {
  const body = JSON.stringify({ BatchItem: { [endpointId]: { Endpoint: endpoint, Events: events } } });
  const answer = await fetch(`${url}/v1/apps/${app}/events`, { method: 'POST', body });
  assert.equal(answer.status, 202);
  return answer.json();
}

/** An event of a type; `more` is what else it has. */
export const event = (type, more = {}) => ({ EventType: type, Timestamp: new Date().toISOString(), ...more });

function observe(page, url) {
  const seen = { complaints: [], dialogs: [], elsewhere: [] };
  page.on('pageerror', (error) => seen.complaints.push(error.stack));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) seen.complaints.push(message.text());
  });
  page.on('dialog', (dialog) => {
    seen.dialogs.push(dialog.message());
    dialog.dismiss();
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== url && !request.url().startsWith('data:')) seen.elsewhere.push(request.url());
  });
  return seen;
}
