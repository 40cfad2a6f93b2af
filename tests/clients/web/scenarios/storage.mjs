// A browser that stores little, nothing or nonsense: events go all the same.
import assert from 'node:assert/strict';

const twice = (road) => road.sent().map(({ id }) => id).filter((id, place, all) => all.indexOf(id) !== place);

export default {
  'a browser whose storage is full sends from memory': async ({ open, record, flush, road, browser, site }) => {
    const full = () => {
      IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };
      Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
    };
    const isChromium = (await browser.version()).startsWith('Chrome');
    const page = await open({}, isChromium ? {} : { prepare: full });
    if (isChromium) {
      const session = await page.createCDPSession();
      await session.send('Storage.overrideQuotaForOrigin', { origin: site.url, quotaSize: 1 });
    }
    await record(page, 'one', { text: 'x'.repeat(5000) });
    await record(page, 'two', { text: 'x'.repeat(150) });
    await flush(page);
    await flush(page);

    assert.deepEqual(road.types(), ['_session.start', 'one', 'two']);
    assert.deepEqual(new Set(road.exchanges.map(({ endpoint }) => endpoint)).size, 1);
  },

  'a damaged session is replaced by a new one': async ({ open, record, flush, road, tab, app }) => {
    const page = await tab();
    const damaged = [5, true, 'text', {}, { id: 1 }, { id: 'x', start: 1e18, last: 1e18 }, { id: 'x', start: 'a', last: null }];
    for (const session of damaged) {
      await page.evaluate((key, value) => { localStorage[key] = JSON.stringify({ session: value }); }, `putevents:${app}`, session);
      await open({}, page);
      await record(page, 'goes on');
      await flush(page);
    }
    assert.equal(road.types().filter((type) => type === 'goes on').length, damaged.length);
    assert.equal(road.types().filter((type) => type === '_session.start').length, damaged.length);
  },

  'a clock that is set back makes no negative duration': async ({ open, record, flush, road, clock }) => {
    const page = await open({}, { clock: 600_000 });
    await record(page, 'ahead');
    await clock(page, 0);
    await record(page, 'back');
    await flush(page);
    const sessions = road.exchanges.flatMap(({ events }) => events).map(({ Session }) => Session);
    assert.ok(sessions.every(({ Duration }) => Duration >= 0));
  },

  'a value that cannot be sent is an error that the page hears of': async ({ open, record, flush, road, heard }) => {
    const page = await open();
    await page.evaluate(() => {
      client.record('odd', { x: Object.create(null) });
      client.identify('u', {}, { Metrics: { a: 1n } });
      client.record('numbers', {}, { good: 1, bad: NaN, worse: 'x', worst: Infinity });
    });
    await record(page, 'after');
    await flush(page);
    assert.deepEqual((await heard(page)).errors, ['TypeError', 'TypeError']);
    const [numbers] = road.exchanges.flatMap(({ events }) => events).filter(({ EventType }) => EventType === 'numbers');
    assert.deepEqual(numbers.Metrics, { good: 1 });
    assert.ok(road.types().includes('after'));
  },

  'wrong settings are an error at once, and an undefined one has its default': async ({ open, tab, app, road }) => {
    const page = await tab();
    const said = await page.evaluate((url) => [{ url }, { applicationId: 'a' }, { url: '', applicationId: 'a' }, { url: '127.0.0.1:1', applicationId: 'a' }]
      .map((options) => { try { return createClient(options) && 'made'; } catch ({ message }) { return message; } }), road.url);
    assert.deepEqual(said, Array(4).fill('url, applicationId needed'));
    const other = await open({}, page);
    assert.equal(await other.evaluate((url, applicationId) => createClient({ url, applicationId, enabled: undefined, onError: undefined }).isEnabled(), road.url, app), true);
  },

  'a browser that stores nothing sends from memory': async ({ open, record, flush, road }) => {
    const forbid = () => {
      for (const name of ['indexedDB', 'localStorage']) {
        Object.defineProperty(window, name, { get: () => { throw new DOMException('forbidden', 'SecurityError'); } });
      }
    };
    const page = await open({}, { prepare: forbid });
    await record(page, 'one');
    await road.close();
    await flush(page);
    await road.repair();
    await flush(page);
    await record(page, 'two');
    await page.goto('about:blank');
    await road.saw('two');

    assert.deepEqual(road.types(), ['_session.start', 'one', 'two', '_session.pause']);
    assert.deepEqual(twice(road), []);
    assert.deepEqual(new Set(road.exchanges.map(({ endpoint }) => endpoint)).size, 1);
    const other = await open({}, { prepare: forbid });
    await other.evaluate(() => client.setEnabled(false));
    assert.equal(await record(other, 'never'), undefined);
  },

  'whatever stands in localStorage, events go': async ({ open, record, flush, road, app }) => {
    const page = await open();
    await flush(page);
    for (const text of ['', '5', 'null', '[1]', '"x"', '{', '{"endpoint":"a \\"b\\u0000","session":null}', '{"on":null,"endpoint":7}']) {
      await page.evaluate((name, value) => localStorage.setItem(name, value), `putevents:${app}`, text);
      await record(page, `with ${text}`);
      await flush(page);
      assert.ok(road.types().includes(`with ${text}`));
    }
    assert.ok(road.exchanges.every(({ status }) => status === 202));
  },

  'a database that never answers delays nothing for long': async ({ open, record, flush, road }) => {
    const silent = () => {
      indexedDB.open = () => ({});
      const timeout = AbortSignal.timeout;
      AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms === 5000 ? 1 : ms);
    };
    const page = await open({}, { prepare: silent });
    await record(page, 'one');
    await flush(page);

    assert.deepEqual(road.types(), ['_session.start', 'one']);
  },
};
