// What an attacker puts into every field of an event is text.
import assert from 'node:assert/strict';
import { event } from '../live_visit.mjs';

const PAYLOADS = [
  '<script>window.hacked = 1; alert(1)</script>',
  `"'><img src=x onerror="window.hacked = 1">`,
  '<svg/onload=window.hacked=1>',
  '<iframe src="http://elsewhere.example/"></iframe><link rel=stylesheet href=//elsewhere.example>',
  'javascript:alert(1)',
  '{{constructor.constructor("window.hacked = 1")()}}',
  '\u202egnp.exe\u2066\u200f\ufeff',
  '\u0001\u001b[31m\u0007\u0085\u2028',
  '__proto__', 'constructor', 'toString', 'hasOwnProperty',
];

const own = (name, value) => JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify(value)}}`);

function hostileEvents(text) {
  return {
    ...own(text, event(text, { Attributes: { ...own(text, text) }, AppTitle: text, Session: { Id: text, StartTimestamp: new Date().toISOString() } })),
    [`value-${text}`]: event(text, { Attributes: { key: text } }),
    [`bad-${text}`]: { EventType: text, Timestamp: text },
    [`typed-${text}`]: { EventType: { [text]: text }, Timestamp: [text] },
  };
}

async function isInert(page) {
  const found = await page.evaluate(() => ({
    hacked: window.hacked, polluted: {}.polluted, violations: window.violations,
    scripts: document.scripts.length,
    strange: document.querySelectorAll('main img, iframe, object, embed, style, main script, main link, main form[action], [onerror], [onload], [style]').length,
    links: [...document.querySelectorAll('a')].filter(({ href }) => !href.startsWith(`${location.origin}/#`)).length,
  }));
  assert.deepEqual(found, { hacked: undefined, polluted: undefined, violations: [], scripts: 1, strange: 0, links: 0 });
}

export default {
  'hostile text in every field is inert': async ({ page, rows, detail, open, put, app, url }) => {
    for (const text of PAYLOADS) {
      const endpoint = { Address: text, ChannelType: 'CUSTOM', User: { UserId: text, UserAttributes: { ...own(text, [text]) } }, Attributes: { ...own(text, [text]) } };
      await put(hostileEvents(text), endpoint, text);
    }
    await open();
    await rows.nth(4 * PAYLOADS.length - 1).waitFor();
    await isInert(page);
    const numbers = await rows.evaluateAll((all) => all.map((row) => row.dataset.seq));
    for (const seq of numbers) {
      await page.evaluate((hash) => { location.hash = hash; }, `#/events?application=${app}&open=${seq}`);
      await page.waitForFunction((n) => document.querySelector('tr.is-open')?.dataset.seq === n, seq);
      await detail.locator('.columns').waitFor();
    }
    await isInert(page);
    await page.goto(`${url}/#/endpoints?application=${app}`);
    const endpoints = page.locator('#endpoint-rows tr');
    await endpoints.nth(1).waitFor();
    for (const row of await endpoints.all()) {
      await row.click();
      await page.locator('#endpoint-detail .columns').waitFor();
      await page.keyboard.press('Escape');
    }
    await isInert(page);
    await page.goto(`${url}/#/sql?query=${encodeURIComponent(`SELECT endpoint_id, event_type, attributes, client FROM events WHERE application_id = '${app}'`)}`);
    await page.waitForFunction(() => document.getElementById('query').value.startsWith('SELECT endpoint_id'));
    await page.locator('#run').click();
    await page.locator('#sql-answer td').first().waitFor();
    await isInert(page);
  },

  'an address that an attacker made is inert': async ({ page, rows, open, put, app, seen }) => {
    await put({ 1: event('one') });
    for (const text of PAYLOADS) {
      const value = encodeURIComponent(text);
      await open(`#/events?application=${app}&type=${value}&verdict=${value}&endpoint=${value}&q=${value}&${value}=${value}&open=${value}`);
      await page.locator('#event-detail').getByRole('alert').waitFor();
      await isInert(page);
    }
    await open(`#${encodeURIComponent(PAYLOADS[0])}`);
    await rows.first().waitFor();
    await isInert(page);
    assert.ok(seen.complaints.splice(0).every((text) => /status of 40[04]/.test(text)));
  },

  'characters that are not seen, or turn the text around, are written out': async ({ rows, open, put }) => {
    await put({ 1: event('abc\u202edef\u0007') });
    await open();

    await rows.filter({ hasText: 'abc\\u202edef\\u0007' }).waitFor();
  },

  'an event of 3.9 MB is shown in part and leaves the page quick': async ({ page, rows, detail, open, put, app }) => {
    await put({ 1: event('huge', { Attributes: { key: '<b>'.repeat(1_300_000) } }) });
    await open(`#/events?application=${app}`);
    await rows.filter({ hasText: 'rejected' }).click();
    await detail.getByText('more characters').first().waitFor();

    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'hidden' });
    await isInert(page);
  },
};
