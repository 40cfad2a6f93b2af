// A visit to the app in a fresh Chromium, and all that the page said and sent meanwhile.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const SECONDS = 20; // until a scenario gives up waiting
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Whatever a redirect misses must fail here instead of leaving the machine.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/** Open the address; the page, what it said and sent so far, and how to end the visit. */
export async function visit(address) {
  const profile = await mkdtemp(path.join(tmpdir(), 'chromium-'));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    headless: true,
    args: FLAGS,
  });
  const [page] = browser.pages();
  page.setDefaultTimeout(SECONDS * 1000);
  const seen = observe(page);
  await page.goto(address);
  const end = async () => {
    await browser.close();
    await rm(profile, { recursive: true });
  };
  return { page, seen, end };
}

function observe(page) {
  const seen = { complaints: [], sent: [] };
  page.on('pageerror', (error) => seen.complaints.push(String(error)));
  page.on('console', (message) => {
    const text = message.text();
    if (['error', 'warning'].includes(message.type()) || /dropped|failed|Resending|No retry/i.test(text)) {
      seen.complaints.push(text);
    }
  });
  page.on('requestfailed', (request) => {
    seen.complaints.push(`${request.method()} ${request.url()} ${request.failure().errorText}`);
  });
  page.on('response', (response) => {
    const request = response.request();
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith('/v1/apps/')) return;
    const { BatchItem = {} } = request.postDataJSON() ?? {};
    seen.sent.push({
      method: request.method(),
      path: pathname,
      status: response.status(),
      byWorker: response.fromServiceWorker(),
      events: Object.entries(BatchItem).flatMap(([endpointId, { Events }]) =>
        Object.keys(Events).map((eventId) => [endpointId, eventId]),
      ),
    });
  });
  return seen;
}
