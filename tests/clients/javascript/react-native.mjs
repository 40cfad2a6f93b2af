// The fetch wrapper on React Native before 0.73: its Request is whatwg-fetch's, which cannot read bytes.
import { sendPinpointTo } from '../../../clients/web/fetch-wrapper.js';

const [application, kind] = process.argv.slice(2);
const native = globalThis.fetch;
// Before whatwg-fetch looks for it.
globalThis.FileReader = class {
  readAsArrayBuffer() {
    throw new Error('FileReader.readAsArrayBuffer is not implemented');
  }
};
const { Headers, Request } = await import('whatwg-fetch');
if (kind === 'missing') delete Request.prototype.arrayBuffer;
Object.assign(globalThis, { Headers, Request });
// What XMLHttpRequest does there.
globalThis.fetch = (input, init) => {
  const { url, method, headers, _bodyInit: body } = new Request(input, init);
  return native(url, { method, headers: headers.map, body });
};

sendPinpointTo(process.env.GATEWAY_URL, async () => ({ 'x-api-key': 'the-key' }));
const url = `https://pinpoint.us-east-1.amazonaws.com/v1/apps/${application}/events`;
const Events = { 'Käufe 🛒': { EventType: 'tap', Timestamp: '2026-01-02T03:04:05Z' } };
const init = {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'X-Amz-Security-Token': 'token' },
  body: JSON.stringify({ BatchItem: { phone: { Endpoint: {}, Events } } }),
};
const answers = [await fetch(url, init), await fetch(new Request(url, init)), await fetch(new URL(url), init)];
console.log(JSON.stringify(answers.map(({ status }) => status)));
