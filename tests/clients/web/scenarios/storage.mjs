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
