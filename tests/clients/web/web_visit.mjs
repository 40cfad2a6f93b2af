// A visitor of the site in a browser: pages with a client, and all that they must never do.
import assert from 'node:assert/strict';
import puppeteer from 'puppeteer-core';
import { FLAGS } from '../browser/visit.mjs';
import { openRoad } from './road.mjs';
import { openSite } from './web_site.mjs';

const SECONDS = 15; // until what a scenario waits for has not come
const HOUR = 3_600_000;
const BROWSERS = {
  chromium: { browser: 'chrome', executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: FLAGS },
  firefox: { browser: 'firefox', executablePath: '/usr/bin/firefox-esr' },
};

export const browserNamed = (name) => puppeteer.launch({ ...BROWSERS[name], headless: true });

/** A visitor whom the site has never seen, with a way to the gateway of its own. */
export async function visitor(browser, gateway, app) {
  const context = await browser.createBrowserContext();
  const [road, site] = [await openRoad(gateway), await openSite()];
  const complaints = [];

  /** A tab at a path; `clock` is how far its clock is ahead, `prepare` runs before its scripts. */
  async function tab(pathname = '/', { clock = 0, prepare } = {}) {
    const page = await context.newPage();
    page.setDefaultTimeout(SECONDS * 1000);
    page.on('pageerror', (error) => {
      // Firefox reports what a policy forbids as an error too; the page hears of it by itself.
      if (!String(error).includes('Content-Security-Policy')) complaints.push(String(error));
    });
    if (prepare) await page.evaluateOnNewDocument(prepare);
    await page.evaluateOnNewDocument((ahead) => {
      const now = Date.now;
      window.ahead = ahead;
      Date.now = () => now() + window.ahead;
    }, clock);
    await page.goto(site.url + pathname);
    return page;
  }

  /** A tab with a client in `window.client` and what its hooks heard in `window.heard`. */
  async function open(options = {}, page = {}) {
    const opened = page.url ? page : await tab(page.path, page);
    await opened.waitForFunction('window.createClient');
    await start(opened, options);
    return opened;
  }

  const start = (page, options) =>
    page.evaluate((given) => {
      window.heard = { rejected: [], dropped: [], errors: [] };
      window.client = createClient({
        onRejected: (rejected) => heard.rejected.push(rejected),
        onDropped: (dropped) => heard.dropped.push(dropped),
        onError: (error) => heard.errors.push(`${error.status ?? (error.message === 'closed' ? 'closed' : error.name)}`),
        ...given,
        ...(given.headers === 'later' ? { headers: async () => ({ authorization: 'Bearer the.id.token' }) } : {}),
      });
    }, { url: road.url, applicationId: app, flushInterval: HOUR, ...options });

  return {
    app, browser, gateway, road, site, tab, open, start,
    heard: (page) => page.evaluate(() => heard),
    record: (page, ...event) => page.evaluate((...values) => client.record(...values), ...event),
    flush: (page) => page.evaluate(() => client.flush()),
    /** Sets a page's clock ahead. */
    clock: (page, ms) => page.evaluate((ahead) => { window.ahead = ahead; }, ms),
    /** Hides or shows a page as its browser would, to the page. */
    turn: (page, state) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'visibilityState', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
      }, state),
    /** What the gateway has of the application: id, type and verdict of each event. */
    stored: async () => (await (await fetch(`${gateway}/live/events?application=${app}`)).json()).events,
    endpoint: async (id) => (await fetch(`${gateway}/v1/apps/${app}/endpoints/${id}`)).json(),
    quiet: () => assert.deepEqual(complaints, []),
    end: async () => {
      road.fault = undefined;
      await context.close();
      await road.close();
      site.close();
    },
  };
}
