// Takes the screenshots of docs/images: of a gateway without an event, then of one that the demo shop uses.
import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { browser, visitPage } from './live_visit.mjs';
import { smallPng } from './small_png.mjs';

const [url, folder, part] = process.argv.slice(2);
const TRAFFIC_SECONDS = 45;
const DARK = { colorScheme: 'dark' };
const VIEWPORT = { viewport: { width: 1200, height: 720 } };

const chromium = await browser();
await mkdir(folder, { recursive: true });

/** Open the page, `act` on it, and keep what is seen. */
async function take(name, hash, act = () => {}, options = {}) {
  const visit = await visitPage(chromium, url, '', { ...VIEWPORT, ...options });
  await visit.open(hash);
  await visit.page.locator('#connection[data-state=live]').waitFor();
  await act(visit.page);
  const png = smallPng(await visit.page.screenshot());
  await writeFile(`${folder}/${name}.png`, png);
  console.log(`${name}.png ${Math.ceil(png.length / 1024)} KiB`);
  await visit.end();
}

const seen = (...selectors) => async (page) => {
  for (const selector of selectors) await page.locator(selector).first().waitFor();
};

/** Wait for a rejected event among the first rows. */
async function someRejected(page) {
  const first = page.locator('#event-rows tr:nth-child(-n + 12)');
  await first.filter({ hasText: 'rejected' }).first().waitFor({ timeout: 60_000 });
}

async function openRejected(page) {
  await page.locator('#event-rows tr').filter({ hasText: 'key length' }).first().click();
  await page.locator('#event-detail .columns').waitFor();
}

async function breakIt(page) {
  await page.getByRole('radio', { name: 'Answers errors' }).check();
  await page.locator('#banner').waitFor();
  await wait(3000);
  await page.locator('#chaos-now tr').nth(9).waitFor();
  await page.locator('#toast').waitFor({ state: 'hidden' });
}

async function ask(page) {
  await page.locator('#named-sentence:not(:empty)').waitFor();
  await page.locator('#run').click();
  await page.locator('.chart svg').waitFor();
}

async function empty() {
  await take('live-empty', '', seen('.way:nth-child(3)'));
}

async function demo() {
  await wait(TRAFFIC_SECONDS * 1000);
  await take('live', '', someRejected);
  await take('live-dark', '', someRejected, DARK);
  await take('live-rejected', '', openRejected);
  await take('live-sql', '#/sql?name=daily_active_endpoints', ask);
  await take('live-chaos', '#/chaos', breakIt, DARK);
}

await { empty, demo }[part]();
await chromium.close();
