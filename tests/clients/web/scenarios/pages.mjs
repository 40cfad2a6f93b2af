// Page views, sessions, and pages that allow little.
import assert from 'node:assert/strict';

const MINUTE = 60_000;
const views = (road) => road.sent().filter(({ EventType }) => EventType === 'pageView').map(({ Attributes }) => Attributes);

export default {
  'a page view is recorded for each address, without its query': async ({ open, flush, road, site }) => {
    const page = await open({ pageViews: true }, { path: '/shop?token=secret#private' });
    await page.evaluate(() => {
      history.replaceState({}, '', '/shop?sorted=1');
      history.pushState({}, '', '/cart?item=1');
    });
    await page.evaluate(() => history.pushState({}, '', '/cart#top'));
    await page.evaluate(() => new Promise((resolve) => {
      addEventListener('popstate', () => location.pathname === '/shop' && resolve());
      history.go(-2);
    }));
    await flush(page);

    assert.deepEqual(views(road), [
      { url: `${site.url}/shop` },
      { url: `${site.url}/cart`, referrer: `${site.url}/shop` },
      { url: `${site.url}/shop`, referrer: `${site.url}/cart` },
    ]);
    assert.doesNotMatch(JSON.stringify(road.exchanges), /secret|private|sorted/);
  },

  'a page that comes back from the cache is seen again': async ({ open, flush, road }) => {
    const page = await open({ pageViews: true });
    await page.evaluate(() => {
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }));
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    });
    await flush(page);

    assert.equal(views(road).length, 2);
  },

  'a long address is cut to what the gateway takes': async ({ open, flush, road, heard }) => {
    const page = await open({ pageViews: true }, { path: `/${'ä'.repeat(150)}` });
    await flush(page);

    assert.equal(views(road)[0].url.length, 200);
    assert.deepEqual((await heard(page)).rejected, []);
  },

  'a page that nobody sees has no view and no session': async ({ open, flush, road, turn }) => {
    const hidden = () => Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    const page = await open({ pageViews: true }, { prepare: hidden });
    await flush(page);
    assert.deepEqual(road.types(), []);
    await turn(page, 'visible');
    await flush(page);

    assert.deepEqual(road.types(), ['_session.start', 'pageView']);
  },

  'a session goes on over pages, and ends where it was last seen': async ({ open, record, flush, road, stored }) => {
    const page = await open();
    await record(page, 'one');
    await flush(page);
    await page.goto('about:blank');
    await road.saw('_session.pause');
    await flush(await open({}, { clock: 29 * MINUTE }));
    const last = await open({}, { clock: 60 * MINUTE });
    await record(last, 'two');
    await flush(last);

    const of = (type) => road.sent().filter(({ EventType }) => EventType === type);
    const [start, next] = of('_session.start');
    const [{ Session, Timestamp }] = of('_session.stop');
    assert.equal(Session.Id, start.Session.Id);
    assert.equal(Timestamp, Session.StopTimestamp);
    assert.equal(Session.Duration, Date.parse(Session.StopTimestamp) - Date.parse(Session.StartTimestamp));
    assert.ok(Session.Duration >= 29 * MINUTE && Session.Duration < 30 * MINUTE);
    assert.notEqual(next.Session.Id, start.Session.Id);
    assert.equal(of('two')[0].Session.Id, next.Session.Id);
    assert.equal((await stored()).filter(({ verdict }) => verdict === 'rejected').length, 0);
  },

  'with sessionTimeout 0 a session lasts as long as the page is seen': async ({ open, flush, road, turn }) => {
    const page = await open({ sessionTimeout: 0 });
    await turn(page, 'hidden');
    await road.saw('_session.stop');
    await turn(page, 'visible');
    await flush(page);

    assert.deepEqual(road.types(), ['_session.start', '_session.stop', '_session.start']);
    assert.equal(new Set(road.sent().map(({ Session }) => Session.Id)).size, 2);
    assert.ok(road.exchanges.every(({ status }) => status === 202));
  },

  'without sessions there are only the events of the page': async ({ open, record, flush, road, turn }) => {
    const page = await open({ sessions: false });
    await record(page, 'one');
    await flush(page);
    await turn(page, 'hidden');

    assert.deepEqual(road.sent().map(({ EventType, Session }) => [EventType, Session]), [['one', undefined]]);
  },

  'a strict Content-Security-Policy is enough': async ({ open, record, flush, road, site }) => {
    site.policies['/strict'] = `default-src 'none'; script-src 'self'; connect-src ${road.url}; require-trusted-types-for 'script'; trusted-types 'none'`;
    const watch = () => {
      window.violations = [];
      document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => violations.push(violatedDirective));
    };
    const page = await open({ pageViews: true }, { path: '/strict', prepare: watch });
    await record(page, 'allowed');
    await flush(page);

    assert.ok(road.types().includes('allowed'));
    assert.deepEqual(await page.evaluate(() => violations), []);
  },

  'a policy that forbids the gateway keeps the events': async ({ open, record, flush, road, site, heard }) => {
    site.policies['/closed'] = "default-src 'none'; script-src 'self'";
    const page = await open({}, { path: '/closed' });
    await record(page, 'kept');
    await flush(page);
    assert.deepEqual((await heard(page)).errors, ['TypeError']);
    assert.deepEqual(road.types(), []);
    await page.close();
    await flush(await open({}, { clock: 2 * MINUTE }));

    assert.ok(road.types().includes('kept'));
  },
};
