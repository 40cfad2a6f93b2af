// Sends to a gateway what Amplify, in any page of this site, sends to Amazon Pinpoint. Publish it
// with pinpoint-request.js at the root of the site and register it before Amplify.configure:
//
//   navigator.serviceWorker.register('/service-worker.js?gateway=https://...', { type: 'module' });
//
// Each further parameter of its address is added as a header: `&x-api-key=the-key`. An app that has
// a service worker already imports this file there, with the same parameters.

import { gatewayUrl, requestTo } from './pinpoint-request.js';

const { gateway, ...headers } = Object.fromEntries(new URL(import.meta.url).searchParams);

// In charge from the first visit on, not only after a reload.
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));

addEventListener('fetch', (event) => {
  const url = gatewayUrl(event.request.url, gateway);
  if (url) event.respondWith(requestTo(url, event.request, {}, headers).then((sent) => fetch(sent)));
});
