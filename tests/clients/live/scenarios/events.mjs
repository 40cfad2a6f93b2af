// The list of events: what appears, what the filters leave, and what a storm does.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { event } from '../live_visit.mjs';

const run = promisify(execFile);
const many = (count, type) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`${type}-${at}`, event(type)]));

export default {
  'an event that curl sends appears without a reload': async ({ page, rows, open, url, app }) => {
    await open();
    await page.evaluate(() => { window.isTheSame = true; });
    const body = JSON.stringify({ BatchItem: { phone: { Endpoint: {}, Events: { one: event('by-curl') } } } });
    await run('curl', ['--silent', '--fail', `${url}/v1/apps/${app}/events`, '-d', body]);

    await rows.filter({ hasText: 'by-curl' }).filter({ hasText: 'accepted' }).waitFor();
    assert.equal(await page.evaluate(() => window.isTheSame), true);
  },

  'a rejected event shows its reason': async ({ rows, open, put }) => {
    await open();
    await put({ good: event('good'), bad: { Timestamp: new Date().toISOString() } });

    await rows.filter({ hasText: 'rejected' }).filter({ hasText: 'Missing EventType' }).waitFor();
    assert.equal(await rows.filter({ hasText: 'Missing EventType' }).count(), 1);
    await rows.filter({ hasText: 'accepted' }).waitFor();
  },

  'each filter leaves what it asks for, in the address too': async ({ page, rows, open, put }) => {
    await put({ 1: event('one'), 2: event('two'), 3: {} }, {}, 'phone-1');
    await put({ 4: event('one') }, {}, 'tablet-2');
    await open();
    await rows.nth(3).waitFor();
    const form = page.locator('#filters');
    const left = async (count) => page.waitForFunction((n) => document.querySelectorAll('#event-rows tr').length === n, count);

    await form.locator('[name=type]').selectOption('one');
    await left(2);
    await form.locator('[name=endpoint]').fill('tabl');
    await left(1);
    await page.getByRole('button', { name: 'Clear' }).click();
    assert.equal(new URL(page.url()).hash, '#/events');
  },

  'a verdict is chosen by its count, and what arrives is filtered': async ({ page, rows, open, put }) => {
    await open();
    await page.locator('.count.rejected').click();
    assert.match(page.url(), /verdict=rejected/);
    await page.getByText('Nothing matches').waitFor();
    await put({ 1: event('good'), 2: {} });
    await rows.first().waitFor();
    await put({ 3: event('good'), 4: {} });

    await rows.nth(1).waitFor();
    assert.equal(await rows.filter({ hasText: 'good' }).count(), 0);
    await page.locator('.count.rejected').click();
    await rows.nth(3).waitFor();
  },

  'the search finds what is stored and what arrives': async ({ page, rows, open, put }) => {
    await put({ 1: event('needle-1'), 2: event('hay') });
    await open();
    await rows.nth(1).waitFor();
    await page.locator('#filters [name=q]').fill('NEEDLE');
    await page.waitForFunction(() => document.querySelectorAll('#event-rows tr').length === 1);
    await put({ 3: event('hay'), 4: event('needle-2') });

    await rows.filter({ hasText: 'needle-2' }).waitFor();
    assert.equal(await rows.count(), 2);
  },

  'the search finds a text inside of what a client sent': async ({ page, rows, open, put }) => {
    await put({ 0: event('hay'), 1: event('stored', { Attributes: { inside: 'thread' } }) });
    await open();
    await rows.nth(1).waitFor();
    await page.locator('#filters [name=q]').fill('thread');
    // What is typed is asked for a moment later; before that, what arrives is not searched.
    await page.waitForFunction(() => document.querySelectorAll('#event-rows tr').length === 1);
    await rows.filter({ hasText: 'stored' }).waitFor();
    await put({ 2: event('other'), 3: event('arrives', { Attributes: { inside: 'thread' } }) });

    await rows.filter({ hasText: 'arrives' }).waitFor();
    assert.equal(await rows.count(), 2);
  },

  'a paused list stands still and says how many came': async ({ page, rows, open, put }) => {
    await put({ 1: event('before') });
    await open();
    await rows.first().waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await put({ 2: event('meanwhile'), 3: event('meanwhile') });

    await page.getByText('Paused. 2 new events.').waitFor();
    assert.equal(await rows.count(), 1);
    await page.locator('#pause').click();
    await rows.nth(2).waitFor();
    assert.equal(await page.locator('#list-note').isVisible(), false);
  },

  'older events are loaded, and the newest again': async ({ page, rows, open, put }) => {
    for (let at = 0; at < 6; at += 1) await put(many(100, `batch-${at}`));
    await open();
    await rows.nth(199).waitFor();
    await page.locator('#older').click();
    await rows.nth(399).waitFor();
    await page.locator('#older').click();
    await rows.filter({ hasText: 'batch-0' }).first().waitFor();
    assert.match(page.url(), /before=\d+/);
    await page.getByRole('button', { name: 'Back to the newest' }).click();
    await rows.filter({ hasText: 'batch-5' }).first().waitFor();
  },

  'a storm leaves a bounded list that ends with the last events': async ({ page, rows, open, put }) => {
    await open();
    await Promise.all(Array.from({ length: 30 }, (_, at) => put(many(100, `storm-${at}`))));
    await put({ last: event('the-last') });

    await rows.first().filter({ hasText: 'the-last' }).waitFor();
    await rows.nth(199).waitFor();
    assert.ok((await rows.count()) <= 500);
  },

  'a view is the same after a reload': async ({ page, rows, detail, open, put, seq, app }) => {
    await put({ 1: event('one'), 2: event('two') });
    await open(`#/events?application=${app}&type=two&open=${await seq('2')}`);
    for (const _ of ['first', 'again']) {
      await detail.getByRole('heading', { name: 'two' }).waitFor();
      await rows.and(page.locator('.is-open')).waitFor();
      assert.equal(await page.locator('#filters [name=type]').inputValue(), 'two');
      assert.equal(await page.locator('#filters [name=application]').inputValue(), app);
      await page.reload();
    }
    await detail.getByRole('heading', { name: 'two' }).waitFor();
  },

  'counts and plot show what came': async ({ page, open, put }) => {
    await open();
    await page.locator('#connection[data-state=live]').waitFor();
    const count = async () => Number((await page.locator('.count.accepted strong').textContent()).replace(/\D/g, ''));
    const before = await count();
    await put(many(7, 'counted'));

    await page.waitForFunction((least) => Number(document.querySelector('.count.accepted strong').textContent.replace(/\D/g, '')) >= least, before + 7);
    await page.waitForFunction(() => document.querySelector('path.accepted').getAttribute('d').length > 0);
  },

  'samples are sent by buttons': async ({ page, rows, open }) => {
    await open('#/events');
    await page.getByRole('button', { name: 'Send a sample event' }).first().click();
    await page.getByText('Sent. The gateway answered 202: Accepted').first().waitFor();
    await page.getByRole('button', { name: 'Send a bad one' }).first().click();
    await page.getByText('Sent. The gateway answered 400').first().waitFor();
    await rows.first().filter({ hasText: 'rejected' }).waitFor();
  },
};
