// axe-core finds nothing, on any tab and state, light and dark, wide and narrow.
import { accessible } from '../axe.mjs';
import { event } from '../live_visit.mjs';

const states = (app, seq, bad) => ({
  events: { hash: `#/events?application=${app}`, has: '#event-rows tr' },
  'an opened event': { hash: `#/events?application=${app}&open=${seq}`, has: '#event-detail .columns' },
  'an opened rejected event': { hash: `#/events?application=${app}&open=${bad}`, has: '#event-detail .rule' },
  'nothing matches': { hash: `#/events?application=${app}&q=nothing`, has: '#no-match h2' },
  'a paused list': { hash: `#/events?application=${app}&type=one`, has: '#event-rows tr', press: ['#pause'], then: '#list-note' },
  endpoints: { hash: `#/endpoints?application=${app}`, has: '#endpoint-rows tr' },
  'an opened endpoint': { hash: `#/endpoints?application=${app}&open=${app}/phone`, has: '#endpoint-detail .columns' },
  'no endpoint': { hash: `#/endpoints?application=${app}&q=nothing`, has: '#no-endpoints h2' },
  'a query': { hash: '#/sql?name=daily_active_endpoints', has: '#named-sentence:not(:empty)', press: ['#run'], then: '#sql-answer table' },
  chaos: { hash: '#/chaos', has: '#chaos-form fieldset', press: ['[data-sample=good]:visible'], then: '#chaos-now tbody tr' },
});

async function everyState({ again, put, seq, app }, options) {
  const day = 86_400_000;
  const two = { 1: event('one'), 2: event('two', { Timestamp: new Date(Date.now() - day).toISOString() }), 3: {} };
  await put(two, { User: { UserId: 'ada' } });
  const visit = await again(options);
  const { page } = visit;
  for (const [state, { hash, has, press = [], then }] of Object.entries(states(app, await seq('1'), await seq('3')))) {
    await visit.open(hash);
    await page.reload(); // a hash alone is no new page
    await page.locator(has).first().waitFor();
    for (const button of press) await page.locator(button).first().click();
    if (then) await page.locator(then).first().waitFor();
    await accessible(page, state);
  }
  visit.quiet();
  await visit.end();
}

export default {
  'axe finds nothing in the light': (visit) => everyState(visit, { colorScheme: 'light' }),
  'axe finds nothing in the dark': (visit) => everyState(visit, { colorScheme: 'dark' }),
  'axe finds nothing on a phone': (visit) => everyState(visit, { colorScheme: 'dark', viewport: { width: 360, height: 740 } }),

  'axe finds nothing while chaos is on': async ({ page, open }) => {
    await open('#/chaos');
    await page.getByRole('radio', { name: 'Hangs' }).check();
    await page.locator('#banner').waitFor();
    await accessible(page, 'chaos on');
    await page.locator('#banner').getByRole('button', { name: 'End chaos' }).click();
    await page.locator('#banner').waitFor({ state: 'hidden' });
  },

  'a reader is told of events, but not of each': async ({ page, open, put }) => {
    await open();
    await page.locator('#connection[data-state=live]').waitFor();
    await page.evaluate(() => {
      window.told = [];
      const place = document.getElementById('announcer');
      new MutationObserver(() => window.told.push(place.textContent)).observe(place, { childList: true });
    });
    for (let at = 0; at < 20; at += 1) await put({ [at]: event('told') });
    await page.waitForFunction(() => window.told.length > 0);
    const told = await page.evaluate(() => window.told);
    if (told.length > 3 || !told.every((text) => /new event/.test(text))) throw new Error(JSON.stringify(told));
  },
};
