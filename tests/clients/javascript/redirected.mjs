// The fetch wrapper and a gateway's address that redirects elsewhere: neither a fetch nor a beacon goes there.
const [application] = process.argv.slice(2);
Object.defineProperty(globalThis, 'navigator', { value: { sendBeacon: () => true } });
const { sendPinpointTo } = await import('../../../clients/web/fetch-wrapper.js');

const native = globalThis.fetch;
const ended = [];
globalThis.fetch = async (...call) => {
  const answer = native(...call);
  ended.push(answer.then(({ status }) => status, ({ name }) => name));
  return answer;
};
sendPinpointTo(process.env.GATEWAY_URL, async () => ({ 'x-api-key': 'the-key' }));
const url = `https://pinpoint.us-east-1.amazonaws.com/v1/apps/${application}/events`;
const query = '?a=1&X-Amz-Security-Token=token&b=2';
const headers = { 'X-Amz-Security-Token': 'token', authorization: 'AWS4-HMAC-SHA256 made-up' };
await fetch(url + query, { method: 'POST', headers, body: '{}' }).catch(() => {});
navigator.sendBeacon(`${url}/legacy${query}`, '{}');
while (ended.length < 2) await new Promise(setImmediate);
console.log(JSON.stringify(await Promise.all(ended)));
