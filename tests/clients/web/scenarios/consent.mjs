// Consent: without it nothing is kept or sent; a visitor who signs out becomes another endpoint.
import assert from 'node:assert/strict';

const kept = (page) => page.evaluate(async () => ({ ...localStorage, databases: (await indexedDB.databases()).map(({ name }) => name) }));

export default {
  'a visitor who opts out leaves nothing behind, in any tab': async ({ open, record, flush, road, turn, app }) => {
    const page = await open();
    const other = await open();
    for (const tab of [page, other]) await flush(tab);
    for (const tab of [page, other]) await record(tab, 'withdrawn');
    const sent = road.exchanges.length;
    await page.evaluate(() => client.setEnabled(false));
    for (const tab of [page, other]) {
      assert.equal(await record(tab, 'never'), undefined);
      await tab.evaluate(() => client.identify('user-1'));
      await tab.evaluate(() => client.reset());
      await flush(tab);
      await turn(tab, 'hidden');
    }
    await page.waitForFunction(async () => (await indexedDB.databases()).length === 0);

    assert.equal(road.exchanges.length, sent);
    assert.deepEqual(await kept(page), { [`putevents:${app}`]: '{"on":false}', databases: [] });
    const next = await open({ enabled: true });
    assert.equal(await next.evaluate(() => client.isEnabled()), false);
    await next.evaluate(() => client.setEnabled(true));
    await record(next, 'welcome back');
    await flush(next);
    const [{ events: [start, event] }] = road.exchanges.slice(sent);
    assert.deepEqual([start.EventType, event.EventType], ['_session.start', 'welcome back']);
    assert.notEqual(event.endpoint, road.exchanges[0].endpoint);
  },

  'a visitor who says no in the moment of an event leaves nothing behind': async ({ open, flush, road, app }) => {
    const page = await open({ enabled: false });
    await page.evaluate(() => {
      client.setEnabled(true);
      client.record('secret', { a: 'private' });
      client.setEnabled(false);
    });
    await page.waitForFunction(async () => (await indexedDB.databases()).length === 0);
    await flush(page);
    assert.deepEqual(await kept(page), { [`putevents:${app}`]: '{"on":false}', databases: [] });

    const later = await open();
    await later.evaluate(() => client.setEnabled(true));
    await flush(later);
    assert.deepEqual(road.types(), ['_session.start']);
  },

  'before a visitor consents nothing is kept or sent': async ({ open, record, flush, road }) => {
    const page = await open({ enabled: false, pageViews: true });
    await record(page, 'never');
    await flush(page);
    assert.deepEqual(await kept(page), { databases: [] });
    assert.deepEqual(road.exchanges, []);
    await page.evaluate(() => client.setEnabled(true));
    await flush(page);
    assert.deepEqual(road.types(), ['_session.start', 'pageView']);
    await page.goto('about:blank');
    await road.saw('_session.pause');

    const next = await open({ enabled: false }); // the choice is remembered
    await record(next, 'still');
    await flush(next);
    assert.ok(road.types().includes('still'));
  },

  'what is answered after the visitor opted out brings nothing back': async ({ open, record, road, app }) => {
    const page = await open();
    await record(page, 'under way');
    const held = road.hold();
    await page.evaluate(() => { window.flushed = client.flush(); });
    await held.came;
    await page.evaluate(() => client.setEnabled(false));
    held.letGo();
    await page.evaluate(() => flushed);
    await page.waitForFunction(async () => (await indexedDB.databases()).length === 0);

    assert.deepEqual(await kept(page), { [`putevents:${app}`]: '{"on":false}', databases: [] });
  },

  'whoever signs out becomes another endpoint': async ({ open, record, flush, road, endpoint }) => {
    const page = await open();
    await page.evaluate(() => client.identify('user-1'));
    await record(page, 'of user 1');
    await page.evaluate(() => client.reset());
    await record(page, 'of nobody');
    await flush(page);

    const of = (type) => road.sent().find(({ EventType }) => EventType === type);
    assert.notEqual(of('of nobody').endpoint, of('of user 1').endpoint);
    assert.equal(of('_session.stop').endpoint, of('of user 1').endpoint);
    assert.equal((await endpoint(of('of user 1').endpoint)).User.UserId, 'user-1');
    assert.equal((await endpoint(of('of nobody').endpoint)).User, undefined);
  },
};
