// Which requests are meant for Amazon Pinpoint, and the same requests made out to a gateway.

const PINPOINT = /^https:\/\/pinpoint(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?(?=\/)/;
// The session token is for AWS only; without it the rest of a signature opens nothing.
const TOKEN = 'x-amz-security-token';
const TOKEN_IN_QUERY = /([?&])x-amz-security-token=[^&#]*&?/i;

/** The gateway's address for a Pinpoint URL; undefined for any other URL. */
export function gatewayUrl(url, gateway) {
  const text = String(url);
  if (!PINPOINT.test(text)) return undefined;
  return text.replace(PINPOINT, () => gateway.replace(/\/$/, '')).replace(TOKEN_IN_QUERY, '$1');
}

/** What `fetch(input, init)` would send to Pinpoint, to `url` instead and with more headers. */
export async function requestTo(url, input, init, headers) {
  const request = new Request(input, init);
  const { method, keepalive, signal } = request;
  const body = ['GET', 'HEAD'].includes(method) ? undefined : await bodyOf(request, init);
  // No other address may get the added headers.
  const made = { method, keepalive, signal, body, headers: request.headers, redirect: 'error' };
  const sent = new Request(url, made);
  sent.headers.delete(TOKEN);
  for (const [name, value] of Object.entries(headers)) sent.headers.set(name, value);
  return sent;
}

/** The body, read: one that is still a stream cannot be sent over HTTP/1.1. */
async function bodyOf(request, init) {
  if (typeof init?.body === 'string') return init.body;
  try {
    return await request.clone().arrayBuffer();
  } catch {
    return request.text(); // React Native before 0.73 cannot read bytes
  }
}
