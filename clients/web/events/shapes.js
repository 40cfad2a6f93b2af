// Small parts: ids, dates, values as Pinpoint wants them, and what a browser says of itself.

export const MINUTE = 60_000;
export const VERSION = '1.0.0'; // of package.json

/** 32 hexadecimal digits; `crypto.randomUUID` is missing on pages without https. */
export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => (byte + 256).toString(16).slice(1)).join('');

export const date = (ms) => new Date(ms).toISOString();
export const ignore = () => {};

/** An object's values, each converted; those that are null or undefined are left out. */
const each = (object, convert) =>
  Object.fromEntries(
    Object.entries(object ?? {}).flatMap(([key, value]) => (value == null ? [] : [[key, convert(value)]])),
  );
export const texts = (object) => each(object, String);
export const numbers = (object) => each(object, (value) => (isFinite(value) ? +value : undefined));
export const lists = (object) => each(object, (value) => [value].flat().map(String));

/** What `work` resolves to, unless the signal ends the wait for it. */
export const until = (signal, work) =>
  Promise.race([
    work,
    new Promise((_, fail) => (signal.onabort = () => fail(signal.reason))),
  ]);

/** Calls a hook with an item; what it throws is the page's error, not ours. */
export function tell(hook, { id, json, isEndpoint }, answer) {
  const said = { id, [isEndpoint ? 'endpoint' : 'event']: JSON.parse(json), ...answer };
  queueMicrotask(() => hook(said));
}

/** Pinpoint's Demographic; Model is the browser, as Amplify says it. */
export function demographic(appVersion) {
  const { language, platform, product, userAgent, userAgentData, vendor } = navigator;
  // Browsers name others for compatibility, so the order counts.
  const [, model, version] =
    /(Edg\w*|OPR|SamsungBrowser|FxiOS|CriOS)\/([\d.]+)/.exec(userAgent) ??
    /(Firefox|Chrome|Safari)\/([\d.]+)/.exec(userAgent) ??
    [];
  return {
    AppVersion: appVersion,
    Locale: language?.replace('-', '_'),
    Make: vendor || product,
    Model: model,
    ModelVersion: version,
    Platform: userAgentData?.platform || platform,
    Timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}
