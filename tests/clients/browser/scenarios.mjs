// What the users of an app do in it; each scenario ends when Amplify has heard its answers.

const EVENTS = /\/v1\/apps\/[^/]+\/events$/;
const ENDPOINTS = /\/v1\/apps\/[^/]+\/endpoints\/[^/]+$/;
const answered = (page, path) =>
  page.waitForResponse((response) => path.test(new URL(response.url()).pathname));

/** A first record, which waits for the endpoint. */
export async function record(page) {
  const delivered = answered(page, EVENTS);
  await page.evaluate(() => {
    app.record({ name: 'Käufe 🛒', attributes: { page: 'naïve' }, metrics: { price: 1.5 } });
  });
  await delivered;
  return nothingLeft(page);
}

/** Whether Amplify's buffer is empty: what it sends next is only what was recorded next. */
async function nothingLeft(page) {
  const delivered = answered(page, EVENTS);
  await page.evaluate(() => app.recordAll([{ name: 'marker' }]));
  await page.evaluate(() => app.flushEvents());
  const { BatchItem } = (await delivered).request().postDataJSON();
  const names = Object.values(BatchItem).flatMap(({ Events }) =>
    Object.values(Events).map(({ EventType }) => EventType),
  );
  return { next: names };
}
