// A page that is left: what it recorded last arrives all the same, or is sent by the next one.
import assert from 'node:assert/strict';

const LATER = 120_000;
const types = async (stored) => (await stored()).map(({ type }) => type).sort();

async function leaves({ open, road, stored }, options) {
  const page = await open(options);
  await page.evaluate(() => {
    client.record('last');
    location.href = 'about:blank';
  });
  await road.saw('last');
  await road.saw('_session.pause');

  assert.deepEqual(await types(stored), ['_session.pause', '_session.start', 'last']);
}

export default {
  'a page that is left sends what waits': (visit) => leaves(visit, {}),
  'a page that is left sends what waits with its key': (visit) => leaves(visit, { headers: { 'x-api-key': 'the-key' } }),
  'a page that is left sends what waits with a token that takes time': (visit) => leaves(visit, { headers: 'later' }),

  'a page that is gone before the browser may send is heard': async ({ open, record, flush, road }) => {
    const page = await open({ headers: { 'x-api-key': 'the-key' } });
    await record(page, 'last');
    const preflight = road.holdPreflight();
    const closed = new Promise((resolve) => page.once('close', resolve));
    await page.close({ runBeforeUnload: true });
    await preflight.asked;
    await closed;
    preflight.letGo();
    await road.saw('last');
  },

  'a tab that is closed sends what waits': async ({ open, record, road }) => {
    const page = await open();
    await record(page, 'last');
    await page.close({ runBeforeUnload: true });
    await road.saw('last');
  },

  'a page closed in the middle of a send sends again': async ({ open, record, road, flush }) => {
    const page = await open();
    const id = await record(page, 'sent twice');
    const held = road.hold();
    await page.evaluate(() => { client.flush(); });
    await held.came;
    await page.close();
    road.fault = undefined;
    held.letGo();
    await road.until(() => road.exchanges.length === 1);
    await flush(await open({}, { clock: LATER }));

    assert.equal(road.sent().filter((event) => event.id === id).length, 2);
  },

  'a hidden tab sends at once, not again when it is shown': async ({ open, record, flush, road, turn }) => {
    const page = await open();
    await record(page, 'seen');
    await turn(page, 'hidden');
    await road.saw('_session.pause');
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    await turn(page, 'visible');
    await flush(page);

    assert.deepEqual(road.types(), ['_session.start', 'seen', '_session.pause']);
  },

  'what does not fit under way while a page closes is sent by the next one': async ({ open, road, flush }) => {
    const page = await open();
    await flush(page);
    await page.evaluate(() => {
      for (let n = 0; n < 150; n += 1) client.record(`event-${n}`, { text: 'x'.repeat(200) });
      location.href = 'about:blank';
    });
    await road.until(() => road.sent().length > 2);
    assert.ok(road.sent().length < 130);
    await flush(await open({}, { clock: LATER }));

    assert.equal(new Set(road.types().filter((type) => type.startsWith('event-'))).size, 150);
  },
};
