// A client that its page closes: what waits is sent or kept, and nothing of it is left to run.
import assert from 'node:assert/strict';

const MINUTE = 60_000;
const views = (road) => road.sent().filter(({ EventType }) => EventType === 'pageView');

/** Keeps the page's timers that are still to come in `window.timers`. */
const watchTimers = () => {
  const { setTimeout: set, clearTimeout: clear } = window;
  window.timers = new Set();
  window.setTimeout = (act, ms) => {
    const timer = set(() => timers.delete(timer) && act(), ms);
    timers.add(timer);
    return timer;
  };
  window.clearTimeout = (timer) => {
    timers.delete(timer);
    clear(timer);
  };
};

export default {
  'a closed client has sent what waited, does nothing more and says so': async ({ open, record, road, turn, heard }) => {
    const page = await open({ pageViews: true }, { prepare: watchTimers });
    await record(page, 'one');
    assert.equal(await page.evaluate(() => timers.size), 1);
    await page.evaluate(() => client.close());
    assert.deepEqual(road.types(), ['_session.start', 'pageView', 'one']);

    const sent = road.exchanges.length;
    assert.equal(await record(page, 'late'), undefined);
    await page.evaluate(() => {
      client.identify('user-1');
      client.reset();
      history.pushState({}, '', '/elsewhere');
      dispatchEvent(new Event('online'));
    });
    for (const state of ['hidden', 'visible']) await turn(page, state);
    await page.evaluate(() => client.flush());
    assert.deepEqual((await heard(page)).errors, ['closed', 'closed', 'closed']);
    assert.equal(road.exchanges.length, sent);
    assert.equal(await page.evaluate(() => timers.size), 0);
  },

  'of clients one after another only the last sees the page': async ({ open, start, flush, road }) => {
    const page = await open({ pageViews: true });
    await page.evaluate(() => client.close());
    assert.ok(await page.evaluate(() => history.pushState === History.prototype.pushState));
    await start(page, { pageViews: true });
    await page.evaluate(() => history.pushState({}, '', '/cart'));
    await flush(page);

    assert.deepEqual(views(road).map(({ Attributes: { url } }) => new URL(url).pathname), ['/', '/', '/cart']);
  },

  'what a later client hears outlives the earlier one': async ({ open, start, flush, road }) => {
    const page = await open({ pageViews: true });
    await page.evaluate(() => { window.first = client; });
    await start(page, { pageViews: true });
    await page.evaluate(() => first.close());
    await page.evaluate(() => history.pushState({}, '', '/cart'));
    await flush(page);

    assert.equal(await page.evaluate(() => location.pathname), '/cart');
    assert.equal(views(road).filter(({ Attributes: { url } }) => url.endsWith('/cart')).length, 1);
  },

  'what a closed client could not send is kept for the next': async ({ open, record, flush, road }) => {
    const page = await open({}, { prepare: watchTimers });
    await record(page, 'kept');
    road.fault = () => ({ status: 500, body: '{}' });
    await page.evaluate(() => client.close());
    assert.equal(await page.evaluate(() => timers.size), 0);
    road.fault = undefined;
    await flush(await open({}, { clock: 2 * MINUTE }));

    assert.ok(road.types().includes('kept'));
  },

  'a visitor may still withdraw from a closed client': async ({ open, record, road, app }) => {
    const page = await open();
    road.fault = () => ({ status: 500, body: '{}' });
    await record(page, 'withdrawn');
    await page.evaluate(() => client.close());
    await page.evaluate(() => client.setEnabled(false));
    await page.waitForFunction(async () => (await indexedDB.databases()).length === 0);

    assert.equal(await page.evaluate((name) => localStorage[name], `putevents:${app}`), '{"on":false}');
  },
};
