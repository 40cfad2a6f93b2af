// What reaches the gateway, how it is answered, and what the page hears of it.
import assert from 'node:assert/strict';

const typesOf = (events) => events.map(({ type }) => type).sort();

export default {
  'a first event brings its session and what the browser is': async ({ open, record, flush, road, stored, endpoint, heard }) => {
    const page = await open({ appVersion: '2.1', appTitle: 'Shop' });
    const id = await record(page, 'Käufe 🛒', { item: 'book', size: 3, gift: true, none: null }, { price: '12.5', never: NaN, none: null });
    await flush(page);

    const [first] = road.exchanges;
    const [start, event] = road.sent();
    assert.deepEqual(road.preflights, []); // a page asks first only for added headers
    assert.deepEqual((await heard(page)).errors, []);
    assert.equal(event.id, id);
    assert.deepEqual(event.Attributes, { item: 'book', size: '3', gift: 'true' });
    assert.equal(event.Metrics.price, 12.5);
    assert.equal(event.AppVersionCode, '2.1');
    assert.equal(start.EventType, '_session.start');
    assert.deepEqual(event.Session.Id, start.Session.Id);
    assert.deepEqual(typesOf(await stored()), ['Käufe 🛒', '_session.start'].sort());
    const { Demographic, OptOut, ChannelType } = await endpoint(first.endpoint);
    assert.equal(Demographic.AppVersion, '2.1');
    assert.match(Demographic.Model, /Chrome|Firefox/);
    assert.match(Demographic.Locale, /^[a-z]{2}(_[A-Z]{2})?$/);
    assert.deepEqual([OptOut, ChannelType], ['ALL', undefined]);
  },

  'events go by themselves after the interval': async ({ open, record, road }) => {
    const page = await open({ flushInterval: 10 });
    await record(page, 'by itself');
    await road.saw('by itself');
  },

  'a user is named before the events that follow': async ({ open, record, flush, road, endpoint }) => {
    const page = await open();
    await record(page, 'before');
    await page.evaluate(() => client.identify('user-1', { plan: 'free', hobbies: ['cooking', 7], gone: null }));
    await page.evaluate(() => client.identify('user-1', { plan: 'paid' }, { Address: 'a@example.com', ChannelType: 'EMAIL', OptOut: 'NONE' }));
    await record(page, 'after');
    await flush(page);

    assert.deepEqual(road.exchanges.map(({ events }) => events.map(({ EventType }) => EventType)), [['_session.start', 'before'], [], ['after']]);
    const { User, Address, OptOut } = await endpoint(road.exchanges[0].endpoint);
    assert.deepEqual(User, { UserId: 'user-1', UserAttributes: { plan: ['paid'], hobbies: ['cooking', '7'] } });
    assert.deepEqual([Address, OptOut], ['a@example.com', 'NONE']);
  },

  'a rejected event is told, and its neighbours are delivered': async ({ open, record, flush, heard, road, stored }) => {
    const page = await open();
    const id = await record(page, 'bad', { ['k'.repeat(51)]: 'v' });
    await record(page, 'good');
    await flush(page);
    await flush(page);

    const { rejected } = await heard(page);
    assert.deepEqual(rejected.map((one) => [one.id, one.status, one.event.EventType]), [[id, 400, 'bad']]);
    assert.match(rejected[0].message, /^Event attribute key length should be less than 50\./);
    assert.equal(road.types().filter((type) => type === 'bad').length, 1);
    assert.ok((await stored()).some(({ type, verdict }) => type === 'good' && verdict !== 'rejected'));
  },

  'a rejected endpoint is told, and its events are delivered': async ({ open, record, flush, heard, road }) => {
    const page = await open();
    await page.evaluate(() => client.identify('user-1', {}, { Address: 'a@example.com' }));
    await record(page, 'good');
    await flush(page);

    const { rejected } = await heard(page);
    assert.deepEqual(rejected.map(({ status, endpoint }) => [status, endpoint.Address]), [[400, 'a@example.com']]);
    assert.match(rejected[0].message, /^Missing ChannelType/);
    await road.saw('good');
  },

  'an event that no gateway takes is told at once': async ({ open, record, flush, heard, road }) => {
    const page = await open();
    await record(page, 'huge', { text: 'x'.repeat(1_000_000) });
    await flush(page);

    assert.deepEqual((await heard(page)).rejected.map(({ status }) => status), [400]);
    assert.deepEqual(road.types(), ['_session.start']);
  },

  'only what was accepted or rejected does not go again': async ({ open, record, flush, road, heard }) => {
    const page = await open();
    const ids = [await record(page, 'one'), await record(page, 'two'), await record(page, 'three'), await record(page, 'four'), await record(page, 'five')];
    road.fault = ({ endpoint, events }) => {
      const answers = Object.fromEntries(events.map(({ id }) => [id, { StatusCode: 202, Message: 'Accepted' }]));
      answers[ids[0]].StatusCode = 500;
      answers[ids[2]].StatusCode = 429;
      answers[ids[3]].Message = 'Taken, but not by a gateway';
      delete answers[ids[1]];
      const Results = { [endpoint]: { EndpointItemResponse: { StatusCode: 202, Message: 'Accepted' }, EventsItemResponse: answers } };
      return { status: 202, body: JSON.stringify({ Results }) };
    };
    await flush(page);
    road.fault = undefined;
    await flush(page);
    await flush(page);

    assert.deepEqual(road.exchanges.map(({ events }) => events.map(({ EventType }) => EventType)), [['_session.start', 'one', 'two', 'three', 'four', 'five'], ['one', 'two', 'three', 'four']]);
    assert.deepEqual((await heard(page)).rejected, []);
  },

  'many events go in requests that a closing page may send': async ({ open, flush, road, stored }) => {
    const page = await open();
    await page.evaluate(() => { for (let n = 0; n < 250; n += 1) client.record(`event-${n}`, { text: 'ä'.repeat(n % 100) }); });
    await flush(page);

    assert.equal(road.types().filter((type) => type.startsWith('event-')).length, 250);
    assert.ok(road.exchanges.every(({ bytes, events }) => bytes <= 32_000 && events.length <= 100));
    assert.equal(new Set(road.sent().map(({ id }) => id)).size, 251);
    assert.deepEqual(road.types().slice(1), Array.from({ length: 250 }, (_, n) => `event-${n}`));
    assert.ok((await stored()).length > 0);
  },

  'a key comes along, after the browser has asked': async ({ open, record, flush, road }) => {
    const page = await open({ headers: { 'x-api-key': 'the-key' } });
    await record(page, 'with key');
    await flush(page);

    assert.deepEqual(road.preflights, ['x-api-key']);
    assert.deepEqual(road.exchanges.map(({ key, status }) => [key, status]), [['the-key', 202]]);
  },

  'nothing goes where a gateway redirects': async ({ open, record, flush, road, heard }) => {
    const page = await open({ headers: { 'x-api-key': 'the-key' } });
    await record(page, 'kept');
    road.fault = ({ path }) => (path.startsWith('/elsewhere') ? undefined : { status: 307, location: `/elsewhere${path}` });
    await flush(page);
    assert.deepEqual(road.exchanges.map(({ status }) => status), [307]);
    assert.deepEqual((await heard(page)).errors, ['TypeError']);
    road.fault = undefined;
    await flush(page);

    assert.deepEqual(road.exchanges.map(({ status }) => status), [307, 202]);
  },

  'a token that takes time comes along': async ({ open, record, flush, road }) => {
    const page = await open({ headers: 'later' });
    await record(page, 'with token');
    await flush(page);

    assert.deepEqual(road.exchanges.map(({ token, status }) => [token, status]), [['Bearer the.id.token', 202]]);
  },
};
