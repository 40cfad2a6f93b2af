// The first lines of an app: point Pinpoint at the gateway in one of the two ways, then go on.
import { sendPinpointTo } from '/fetch-wrapper.js';

window.LOG_LEVEL = 'DEBUG'; // Amplify tells what it drops
const { gateway, redirect, key } = Object.fromEntries(new URLSearchParams(location.search));

if (redirect === 'wrapper') {
  sendPinpointTo(gateway, key ? () => ({ 'x-api-key': key }) : undefined);
} else if (!navigator.serviceWorker.controller) {
  const worker = new URLSearchParams({ gateway, ...(key && { 'x-api-key': key }) });
  const inCharge = new Promise((resolve) => {
    navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true });
  });
  await navigator.serviceWorker.register(`/service-worker.js?${worker}`, { type: 'module' });
  await inCharge;
}
await import('/app.js');
window.started = true;
