// Sends to a gateway what Amplify, in this page, sends to Amazon Pinpoint. Call it before
// Amplify.configure:
//
//   import { sendPinpointTo } from './fetch-wrapper.js';
//   sendPinpointTo('https://abc123.execute-api.eu-west-1.amazonaws.com/prod');
//
// `headers`, if given, is called for each request and may be async; what it returns is added:
//
//   sendPinpointTo(url, () => ({ 'x-api-key': 'the key' }));

import { gatewayUrl, requestTo } from './pinpoint-request.js';

export function sendPinpointTo(gateway, headers) {
  const fetch = globalThis.fetch.bind(globalThis);
  globalThis.fetch = async (input, init) => {
    const url = gatewayUrl(input instanceof Request ? input.url : input, gateway);
    if (!url) return fetch(input, init);
    return fetch(await requestTo(url, input, init, (await headers?.()) ?? {}));
  };

  // Amplify before version 6 says goodbye in this way when a page is left.
  const sendBeacon = globalThis.navigator?.sendBeacon?.bind(navigator);
  if (!sendBeacon) return;
  navigator.sendBeacon = (input, data) => {
    const url = gatewayUrl(input, gateway);
    if (!url || !headers) return sendBeacon(url ?? input, data);
    // A beacon carries no headers; a fetch with `keepalive` outlives the page just as well.
    const init = { method: 'POST', body: data, keepalive: true, redirect: 'error' };
    Promise.resolve(headers())
      .then((added) => fetch(url, { ...init, headers: added }))
      .catch(() => {}); // there is no page left to tell
    return true;
  };
}
