// The tabs of endpoints, SQL and chaos.
import assert from 'node:assert/strict';
import { event } from '../live_visit.mjs';

const daysAgo = (days) => new Date(Date.now() - days * 86_400_000).toISOString();

export default {
  'a stored endpoint opens with its user and history': async ({ page, open, put, app }) => {
    await put({ 1: event('hello') }, { User: { UserId: 'ada' }, Demographic: { Make: 'Fairphone' } }, 'phone/1 ü');
    await open(`#/endpoints?application=${app}`);
    await page.locator('#endpoint-rows tr').filter({ hasText: 'ada' }).click();
    const pane = page.locator('#endpoint-detail');
    await pane.getByRole('heading', { name: 'phone/1 ü' }).waitFor();

    assert.match(await pane.locator('section[aria-label=Endpoint] pre').textContent(), /"Make": "Fairphone"/);
    assert.match(await pane.locator('section[aria-label=User] pre').textContent(), /"UserId": "ada"/);
    await pane.locator('.history li').filter({ hasText: 'hello' }).getByRole('link').click();
    await page.locator('#event-detail').getByRole('heading', { name: 'hello' }).waitFor();
  },

  'endpoints are searched, and one is deleted by a second click': async ({ page, open, put, app }) => {
    await put({ 1: event('hello') }, {}, 'stays');
    await put({ 2: event('hello') }, {}, 'goes');
    await open(`#/endpoints?application=${app}`);
    const rows = page.locator('#endpoint-rows tr');
    await rows.nth(1).waitFor();
    await page.locator('#endpoint-filters [name=q]').fill('goe');
    await page.waitForFunction(() => document.querySelectorAll('#endpoint-rows tr').length === 1);
    await rows.first().click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Really delete it?' }).click();
    await page.getByText('Deleted the endpoint.').first().waitFor();

    await page.locator('#endpoint-filters [name=q]').fill('');
    await rows.filter({ hasText: 'stays' }).waitFor();
    assert.equal(await rows.filter({ hasText: 'goes' }).count(), 0);
  },

  'a named query answers with a table and a chart': async ({ page, open, put, app }) => {
    await put({ 1: event('a', { Timestamp: daysAgo(2) }), 2: event('b', { Timestamp: daysAgo(1) }) });
    await open('#/sql');
    await page.locator('#named option[value=daily_active_endpoints]').waitFor({ state: 'attached' });
    await page.locator('#named').selectOption('daily_active_endpoints');
    const answer = page.locator('#sql-answer');

    await answer.locator('tbody tr').filter({ hasText: app }).nth(1).waitFor();
    await answer.locator('.chart svg').waitFor();
    assert.ok((await answer.locator('.chart .dot').count()) > 1);
    assert.match(await page.locator('#query').inputValue(), /^SELECT/);
    assert.match(page.url(), /name=daily_active_endpoints/);
  },

  'any statement answers, a wrong one says why': async ({ page, open, put, app, seen, copied }) => {
    await put({ 1: event('asked') });
    await open('#/sql');
    await page.locator('#query').fill(`SELECT event_type, 1 + 1 AS two FROM events WHERE application_id = '${app}'`);
    await page.keyboard.press('Control+Enter');
    const answer = page.locator('#sql-answer');
    await answer.locator('td').filter({ hasText: 'asked' }).waitFor();
    await answer.getByRole('button', { name: 'Copy as TSV' }).click();
    await page.getByText('Copied the table.').first().waitFor();
    assert.equal(await copied(), 'event_type\ttwo\nasked\t2');
    await page.reload();
    await page.waitForFunction(() => /asked|two/.test(document.getElementById('query').value));
    await page.locator('#query').fill('SELECT nonsense FROM nowhere');
    await page.locator('#run').click();

    await answer.getByRole('alert').filter({ hasText: /nowhere/i }).waitFor();
    const [complaint] = seen.complaints.splice(0);
    assert.match(complaint, /status of 400/);
  },

  'what waits during chaos is delivered when it ends': async ({ page, rows, detail, open, put, app }) => {
    await open('#/chaos');
    await page.getByRole('radio', { name: 'Answers errors' }).check();
    await page.locator('#banner').waitFor();
    await put({ 1: event('patient') });
    await page.locator('#chaos-now tr').filter({ hasText: 'queued' }).first().waitFor();
    await page.goto(`${page.url().split('#')[0]}#/events?application=${app}`);
    await rows.filter({ hasText: 'queued' }).click();
    await detail.getByRole('heading', { name: 'queued' }).waitFor();
    await page.locator('#banner').getByRole('button', { name: 'End chaos' }).click();

    await rows.filter({ hasText: 'accepted' }).waitFor();
    await detail.getByRole('heading', { name: 'accepted' }).waitFor();
    assert.ok((await detail.locator('.history li').count()) >= 2);
    await page.locator('#banner').waitFor({ state: 'hidden' });
  },

  'chaos that another window turns on and off is told to this one': async ({ page, open, again }) => {
    await open('#/sql');
    const other = await again();
    await other.open('#/chaos');
    await other.page.getByRole('radio', { name: 'Hangs' }).check();
    await page.locator('#banner').waitFor();
    await page.locator('#banner').getByRole('button', { name: 'End chaos' }).click();
    await other.page.locator('#banner').waitFor({ state: 'hidden' });
    assert.ok(await other.page.getByRole('radio', { name: 'Works' }).first().isChecked());
    await other.end();
  },

  'a list that cannot be loaded says so in its place': async ({ page, open, seen }) => {
    await page.route('**/live/events?**', (route) => route.fulfill({ status: 503, json: { error: 'Not now.' } }));
    await open();
    await page.locator('#list-note').filter({ hasText: 'could not be loaded: Not now.' }).waitFor();
    seen.complaints.length = 0; // the browser's own, of the 503
  },

  'an event that nobody takes is failed': async ({ page, rows, open, url, put, app }) => {
    await open('#/chaos');
    await page.getByRole('radio', { name: 'Answers errors' }).check();
    await page.getByText('Chaos is on.').first().waitFor();
    await page.getByRole('radio', { name: 'Fails' }).check();
    await page.waitForFunction(() => document.getElementById('chaos-queue-fail').checked);
    const { Results } = await put({ 1: event('lost') });
    assert.equal(Results.phone.EventsItemResponse['1'].StatusCode, 500);
    await page.goto(`${url}/#/events?application=${app}`);

    await rows.filter({ hasText: 'failed' }).filter({ hasText: 'lost' }).waitFor();
    await page.locator('#banner').getByRole('button', { name: 'End chaos' }).click();
    await page.locator('#banner').waitFor({ state: 'hidden' });
  },
};
