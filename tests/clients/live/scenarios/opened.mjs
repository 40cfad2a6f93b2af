// An opened event: what came, what was stored and answered, why, and what can be copied.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { event } from '../live_visit.mjs';

const run = promisify(execFile);

export default {
  'an opened event shows what came, was stored and was answered': async ({ rows, detail, open, put }) => {
    await put({ 1: event('shown', { Attributes: { colour: 'green' } }) }, { ChannelType: 'EMAIL', Address: 'a@example.com' });
    await open();
    await rows.first().click();
    await detail.getByRole('heading', { name: 'shown' }).waitFor();
    const column = async (name) => detail.locator(`section[aria-label=${name}] pre`).textContent();

    assert.match(await column('Came'), /"ChannelType": "EMAIL"[^]*"colour": "green"/);
    assert.match(await column('Stored'), /"event_type": "shown"[^]*"colour": "green"/);
    assert.deepEqual(JSON.parse(await column('Answered')), { StatusCode: 202, Message: 'Accepted' });
    await detail.locator('.history li').first().waitFor();
  },

  'an opened rejected event says the rule and how to mend it': async ({ rows, detail, open, put }) => {
    await put({ 1: event('long', { Attributes: { ['k'.repeat(51)]: 'v' } }) });
    await open();
    await rows.first().click();
    const rule = detail.locator('.rule');

    await rule.getByText('Event attribute key length should be less than 50.').first().waitFor();
    assert.match(await rule.locator('p').last().textContent(), /^To mend it: .{10,}/);
    assert.match(await detail.locator('section[aria-label=Stored]').textContent(), /"rule": "Event attribute key length/);
  },

  'a request is copied as curl, and the copy sends it': async ({ page, rows, detail, open, put, copied }) => {
    await put({ 1: event("it's $HOME `date`", { Attributes: { quote: `'"\\` } }) });
    await open();
    await rows.first().click();
    await detail.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('Copied the request.').first().waitFor();
    const { stdout } = await run('sh', ['-c', await copied()]);

    assert.match(stdout, /Accepted/);
    await rows.filter({ hasText: "it's $HOME `date`" }).nth(1).waitFor();
  },

  'a value is copied whole': async ({ rows, detail, open, put, copied }) => {
    await put({ 1: event('whole', { Attributes: { long: 'x'.repeat(150_000) } }) });
    await open();
    await rows.first().click();
    const came = detail.locator('section[aria-label=Came]');
    await came.getByText('more characters').waitFor();
    await came.getByRole('button', { name: 'Copy' }).click();
    await detail.page().getByText('Copied what came.').first().waitFor();

    assert.equal(JSON.parse(await copied()).Event.Attributes.long.length, 150_000);
    assert.ok((await came.locator('pre').textContent()).length < 25_000);
  },

  'the events of its endpoint are a click away': async ({ page, rows, detail, open, put }) => {
    await put({ 1: event('of-one') }, {}, 'one');
    await put({ 2: event('of-two') }, {}, 'two');
    await open();
    await rows.filter({ hasText: 'of-one' }).click();
    await detail.getByRole('link', { name: 'one' }).click();

    await page.waitForFunction(() => document.querySelectorAll('#event-rows tr').length === 1);
    assert.equal(await rows.filter({ hasText: 'of-one' }).count(), 1);
    assert.equal(await detail.isVisible(), false);
  },
};
