// Tabs of one visitor share endpoint, session and queue; none sends what another is sending.
import assert from 'node:assert/strict';

const LATER = 120_000; // longer than an event is its tab's own
const idsOf = (road) => road.sent().map(({ id }) => id);
const once = (road) => assert.equal(new Set(idsOf(road)).size, idsOf(road).length);

/** A tab that is frozen or killed does not hear that it is hidden. */
const unaware = () => {
  for (const target of [window, document]) {
    const add = target.addEventListener;
    target.addEventListener = (type, ...more) => /hide|visibility/.test(type) || add.call(target, type, ...more);
  }
};

export default {
  'two tabs that record at once send each event once, of one endpoint and session': async ({ open, flush, road }) => {
    const first = await open();
    const second = await open();
    const work = (page, name) => page.evaluate(async (tab) => {
      for (let n = 0; n < 30; n += 1) {
        client.record(`${tab}-${n}`);
        if (n % 5 === 0) await client.flush();
      }
      await client.flush();
    }, name);
    await Promise.all([work(first, 'a'), work(second, 'b')]);
    await flush(first);
    await flush(second);

    once(road);
    assert.equal(road.types().filter((type) => type !== '_session.pause').length, 61);
    assert.equal(new Set(road.sent().map(({ endpoint }) => endpoint)).size, 1);
    assert.equal(new Set(road.sent().map(({ Session }) => Session.Id)).size, 1);
  },

  'what a closed tab left is sent by the next page, once': async ({ open, record, flush, road, stored }) => {
    await road.close();
    const first = await open({}, { prepare: unaware });
    await record(first, 'left');
    await flush(first);
    await first.close();
    await road.repair();
    const next = await open({}, { clock: LATER });
    await flush(next);
    await flush(next);

    once(road);
    assert.deepEqual((await stored()).map(({ type }) => type).sort(), ['_session.start', 'left']);
  },

  'what a tab has just recorded is left to it': async ({ open, record, flush, road }) => {
    const first = await open();
    const second = await open();
    await record(first, 'mine');
    await flush(second);
    assert.ok(!road.types().includes('mine'));
    await flush(first);

    assert.ok(road.types().includes('mine'));
    once(road);
  },

  'a tab that was frozen does not send what another took over': async ({ open, record, flush, road, turn }) => {
    const frozen = await open({}, { prepare: unaware });
    await record(frozen, 'taken over');
    const other = await open({}, { clock: LATER });
    await flush(other);
    await flush(frozen);
    await turn(frozen, 'hidden');
    await flush(frozen);

    once(road);
    assert.ok(road.types().includes('taken over'));
  },

  'what a tab tries in vain stays its own': async ({ open, record, flush, road, clock }) => {
    const first = await open({}, { prepare: unaware });
    await record(first, 'mine');
    await clock(first, 100_000);
    await road.close();
    await flush(first);
    await road.repair();
    const second = await open({}, { clock: 130_000 });
    await flush(second);
    assert.ok(!road.types().includes('mine'));
    await flush(first);

    assert.ok(road.types().includes('mine'));
    once(road);
  },

  'an answer that comes while the queue is read is not forgotten': async ({ open, record, flush, turn, road }) => {
    const page = await open({}, { prepare: () => {
      const { getAll } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.getAll = function () {
        window.answer?.();
        return getAll.call(this);
      };
    } });
    await flush(page);
    await record(page, 'once');
    await page.evaluate(() => {
      window.asked = [];
      window.fetch = (url, { body }) => {
        const [[endpoint, { Events }]] = Object.entries(JSON.parse(body).BatchItem);
        asked.push(...Object.values(Events).map(({ EventType }) => EventType));
        const each = Object.keys(Events).map((id) => [id, { StatusCode: 202, Message: 'Accepted' }]);
        const text = JSON.stringify({ Results: { [endpoint]: { EventsItemResponse: Object.fromEntries(each) } } });
        return new Promise((resolve) => { window.answer = () => resolve({ ok: true, text: async () => text }); });
      };
    });
    await turn(page, 'hidden');
    await flush(page);
    await flush(page);

    assert.deepEqual(await page.evaluate(() => asked), ['once', '_session.pause']);
    assert.deepEqual(road.types(), ['_session.start']);
  },

  'a clock that was set back delays nothing for ever': async ({ open, record, flush, road }) => {
    const page = await open({}, { clock: 10 * LATER, prepare: unaware });
    await road.close();
    await record(page, 'of tomorrow');
    await flush(page);
    await page.close();
    await road.repair();
    await flush(await open());

    assert.ok(road.types().includes('of tomorrow'));
    once(road);
  },

  'two tabs that find a session over end it once': async ({ open, record, flush, road, stored, app }) => {
    const first = await open();
    await flush(first);
    const later = { clock: 31 * 60_000 };
    const before = await first.evaluate((name) => localStorage.getItem(name), `putevents:${app}`);
    const second = await open({}, later);
    // Another process of the browser may see the storage as it was.
    await second.evaluate((name, text) => localStorage.setItem(name, text), `putevents:${app}`, before);
    const third = await open({}, later);
    for (const page of [second, third]) await record(page, 'again');
    for (const page of [second, third]) await flush(page);

    const stops = (await stored()).filter(({ type }) => type === '_session.stop').map(({ id }) => id);
    assert.ok(stops.length);
    assert.equal(new Set(stops).size, stops.length); // a session ends once, whoever ends it
    assert.ok(road.types().filter((type) => type === '_session.start').length >= 3);
  },
};
