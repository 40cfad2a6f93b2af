// The first lines of an app: point Pinpoint at the gateway in one of the two ways, then go on.
import { sendPinpointTo } from '/fetch-wrapper.js';

const { gateway, redirect, header, value } = Object.fromEntries(new URLSearchParams(location.search));
const added = header ? { [header]: value } : {};

if (redirect === 'wrapper') {
  sendPinpointTo(gateway, header && (async () => added));
} else {
  const inCharge = navigator.serviceWorker.controller ?? new Promise((resolve) => {
    navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true });
  });
  const script = `/service-worker.js?${new URLSearchParams({ gateway, ...added })}`;
  await navigator.serviceWorker.register(script, { type: 'module' });
  await inCharge;
}
