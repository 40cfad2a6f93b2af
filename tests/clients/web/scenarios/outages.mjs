// Whatever is broken, events wait and go once it works; at the bound the oldest go, and the page hears it.
import assert from 'node:assert/strict';

const twice = (road) => road.sent().map(({ id }) => id).filter((id, place, all) => all.indexOf(id) !== place);
/** Keeps the delays of the page's timers. */
const watchTimers = () => {
  window.delays = [];
  const set = window.setTimeout;
  window.setTimeout = (work, ms, ...more) => {
    window.delays.push(ms);
    return set(work, ms, ...more);
  };
};

export default {
  'events recorded offline go when the page is online': async ({ open, record, flush, road, stored, heard }) => {
    const page = await open();
    await flush(page);
    await page.setOfflineMode(true);
    await record(page, 'offline');
    await flush(page);
    assert.deepEqual(road.types(), ['_session.start']);
    assert.equal((await heard(page)).errors.length, 1);
    await page.setOfflineMode(false);
    await page.evaluate(() => dispatchEvent(new Event('online'))); // emulated, a browser may not say it
    await road.saw('offline');

    assert.deepEqual((await stored()).map(({ type }) => type).sort(), ['_session.start', 'offline']);
  },

  'a gateway that is down is asked again, less and less often': async ({ open, record, flush, road, heard }) => {
    const page = await open({ flushInterval: 4000 }, { prepare: watchTimers });
    await road.close();
    for (let n = 0; n < 9; n += 1) {
      await record(page, `event-${n}`);
      await flush(page);
    }
    const delays = await page.evaluate(() => delays);
    assert.equal(delays[0], 4000);
    delays.slice(1).forEach((delay, n) => {
      const whole = Math.min(300_000, 4000 * 2 ** (n + 1));
      assert.ok(delay >= whole / 2 && delay <= whole, `${n}: ${delay}`);
    });
    assert.equal(delays.length, 10); // no event that is recorded meanwhile asks sooner
    assert.deepEqual(new Set((await heard(page)).errors), new Set(['TypeError']));
    await road.repair();
    await flush(page);

    assert.deepEqual(road.types(), ['_session.start', ...Array.from({ length: 9 }, (_, n) => `event-${n}`)]);
  },

  'no answer to a whole request loses an event': async ({ open, record, flush, road, heard, stored }) => {
    const page = await open();
    await record(page, 'kept');
    const answers = [
      { status: 400 }, { status: 403 }, { status: 404 }, { status: 413 }, { status: 429 }, { status: 500 }, { status: 503 },
      { status: 500, body: '{"Message":"Limit Exceeded","RequestID":"r"}' },
      { status: 200, body: '<html>Sign in to this network</html>' }, { status: 202, body: '' }, { status: 202, body: '{}' }, { status: 202, body: '{"Results":{}}' }, { status: 200, body: 'null' },
      { status: 202, isReadable: false }, null,
    ];
    for (const answer of answers) {
      road.fault = () => answer;
      await flush(page);
    }
    road.fault = undefined;
    await flush(page);

    const { errors, rejected, dropped } = await heard(page);
    assert.equal(errors.length, answers.length);
    assert.deepEqual(errors.slice(0, 8), ['400', '403', '404', '413', '429', '500', '503', '500']);
    assert.deepEqual([rejected, dropped], [[], []]);
    assert.deepEqual((await stored()).map(({ type }) => type).sort(), ['_session.start', 'kept']);
  },

  'a hook that throws, rejects or never ends loses nothing': async ({ open, record, flush, road }) => {
    const opened = await open({}, { prepare: () => {
      const timeout = AbortSignal.timeout;
      AbortSignal.timeout = () => timeout.call(AbortSignal, 1);
      // A request needs its time all the same.
      const send = window.fetch;
      window.fetch = (url, init) => send(url, { ...init, signal: undefined });
    } });
    await opened.evaluate((url) => {
      window.turn = 0;
      const headers = () => [() => { throw new Error('no key'); }, () => Promise.reject(new Error('signed out')), () => new Promise(() => {}), () => ({})][turn++]();
      window.errors = [];
      window.client = createClient({ url, applicationId: 'hooks', flushInterval: 3_600_000, headers, onError: ({ name, message }) => errors.push(name === 'TimeoutError' ? name : message) });
    }, road.url);
    await record(opened, 'kept');
    for (let n = 0; n < 4; n += 1) await flush(opened);

    assert.deepEqual(await opened.evaluate(() => errors), ['no key', 'signed out', 'TimeoutError']);
    assert.ok(road.types().includes('kept'));
  },

  'at the bound the oldest go, and the page hears it': async ({ open, record, flush, heard, road }) => {
    const page = await open({ maxQueued: 5 });
    await flush(page);
    await road.close();
    for (let n = 0; n < 8; n += 1) await record(page, `event-${n}`);
    await flush(page);

    assert.deepEqual((await heard(page)).dropped.map(({ event }) => event.EventType), ['event-0', 'event-1', 'event-2']);
    await road.repair();
    await flush(page);
    assert.deepEqual(road.types().slice(1), ['event-3', 'event-4', 'event-5', 'event-6', 'event-7']);
  },

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
