// What the users of an app do in it; a scenario ends when Amplify has heard all its answers.

const EVENTS = /\/v1\/apps\/[^/]+\/events$/;

/** Version 6: a first event, which has to wait for the endpoint. */
export async function record(page) {
  const delivered = answered(page);
  await page.evaluate(() => {
    app.record({ name: 'Käufe 🛒', attributes: { page: 'naïve' }, metrics: { price: 1.5 } });
  });
  await delivered;
  return nothingLeft(page);
}

/** Version 6 on a page whose every request gets the headers of a tracing library. */
export async function traced(page) {
  await page.evaluate(() => {
    const send = globalThis.fetch;
    globalThis.fetch = (input, init) => {
      const request = new Request(input, init);
      request.headers.set('traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01');
      request.headers.set('tracestate', 'vendor=1');
      request.headers.set('baggage', 'sentry-release=1');
      request.headers.set('sentry-trace', '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1');
      request.headers.set('x-datadog-trace-id', '1');
      request.headers.set('x-amzn-trace-id', 'Root=1-67891233-abcdef012345678912345678');
      request.headers.set('x-team', 'shop');
      return send(request);
    };
  });
  return record(page);
}

/** Version 6, where the browser may not talk to the gateway: it hears of a failure. */
export async function refused(page) {
  const failed = page.waitForEvent('requestfailed');
  await page.evaluate(() => app.record({ name: 'never' }));
  return { failed: (await failed).method() };
}

export async function identifyUser(page) {
  await page.evaluate(() =>
    app.identifyUser({
      userId: 'user-1',
      userProfile: {
        email: 'somebody@example.com',
        plan: 'free',
        customProperties: { hobbies: ['cooking', 'Lesen'] },
        demographic: { platform: 'web', timezone: 'Europe/Berlin' },
        location: { country: 'DE', city: 'Köln' },
        metrics: { visits: 3 },
      },
      options: { userAttributes: { groups: ['testers'] } },
    }),
  );
  return nothingLeft(page);
}

export async function autoTrack(page) {
  const delivered = answered(page, 4);
  await page.evaluate(() => {
    app.configureAutoTrack({ enable: true, type: 'session' });
    app.configureAutoTrack({ enable: true, type: 'event' });
    app.configureAutoTrack({ enable: true, type: 'pageView', options: { appType: 'singlePage' } });
    history.pushState({}, '', `/second-page${location.search}`);
  });
  await page.click('#buy');
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await delivered;
  return nothingLeft(page);
}

/** As many events as anybody records, sent at once. */
export async function flushMany(page) {
  await page.evaluate(() => app.identifyUser({ userId: 'user-1', userProfile: {} }));
  const delivered = answered(page, 300);
  await page.evaluate(async () => {
    await app.recordAll(Array.from({ length: 300 }, (_, n) => ({ name: `event-${n}` })));
    app.flushEvents();
  });
  await delivered;
  return nothingLeft(page);
}

/** Events recorded before the app knows its endpoint's id: each asks for one. */
export async function manyFirstRecords(page) {
  const delivered = answered(page, 40);
  await page.evaluate(() => {
    for (let n = 0; n < 40; n += 1) app.record({ name: `event-${n}` });
  });
  await delivered;
  return nothingLeft(page);
}

/** Versions 5 and 4: a session that starts by itself, an event, a profile, and the page is left. */
export async function session(page) {
  const recorded = await page.evaluate(async () => {
    // One after the other: Amplify writes a profile of its own before the first event.
    const put = await app.record({
      name: 'Käufe 🛒',
      attributes: { page: 'naïve' },
      metrics: { price: 1.5 },
    });
    const updated = await app.updateEndpoint({
      userId: 'user-1',
      attributes: { hobbies: ['cooking'] },
      optOut: 'NONE',
    });
    return { put, updated, left: app.getPluggable('AWSPinpoint')._buffer._buffer.length };
  });
  await page.goto('about:blank');
  return recorded;
}

/** Wait until so many events have been answered. */
function answered(page, count = 1) {
  let left = count;
  return page.waitForResponse(async (response) => {
    if (EVENTS.test(new URL(response.url()).pathname)) left -= eventsIn(response).length;
    return left <= 0 && !(await response.finished());
  });
}

const eventsIn = (response) =>
  Object.values(response.request().postDataJSON()?.BatchItem ?? {}).flatMap(({ Events }) =>
    Object.values(Events),
  );

/** What is still in Amplify's buffer: the events of a flush after all has been answered. */
async function nothingLeft(page) {
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  const flushed = page.waitForResponse((response) => EVENTS.test(new URL(response.url()).pathname));
  await page.evaluate(() => app.flushEvents());
  return { left: eventsIn(await flushed).length };
}
