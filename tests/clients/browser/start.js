// The first lines of an app: point Pinpoint at the gateway in one of the two ways, then go on.
import { sendPinpointTo } from '/fetch-wrapper.js';

window.LOG_LEVEL = 'DEBUG'; // Amplify tells what it drops
const { gateway, redirect, header, value } = Object.fromEntries(new URLSearchParams(location.search));
const added = header ? { [header]: value } : {};

if (redirect === 'wrapper') {
  sendPinpointTo(gateway, header && (async () => added));
} else if (!navigator.serviceWorker.controller) {
  const inCharge = new Promise((resolve) => {
    navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true });
  });
  const parameters = new URLSearchParams({ gateway, ...added });
  await navigator.serviceWorker.register(`/service-worker.js?${parameters}`, { type: 'module' });
  await inCharge;
}
await import('/app.js');
window.started = true;
