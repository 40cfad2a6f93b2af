// Which requests are meant for Amazon Pinpoint, and the same requests made out to a gateway.

const PINPOINT = /^https:\/\/pinpoint(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?(?=\/)/;

/** The gateway's address for a Pinpoint URL; undefined for any other URL. */
export function gatewayUrl(url, gateway) {
  const text = String(url);
  return PINPOINT.test(text) ? text.replace(PINPOINT, () => gateway.replace(/\/$/, '')) : undefined;
}

/** What `fetch(input, init)` would send to Pinpoint, to `url` instead and with more headers. */
export async function requestTo(url, input, init, headers) {
  const request = new Request(input, init);
  const { method, keepalive, signal } = request;
  // Read first: a body that is still a stream cannot be sent over HTTP/1.1.
  const body = ['GET', 'HEAD'].includes(method) ? undefined : await request.arrayBuffer();
  const sent = new Request(url, { method, keepalive, signal, body, headers: request.headers });
  for (const [name, value] of Object.entries(headers)) sent.headers.set(name, value);
  return sent;
}
