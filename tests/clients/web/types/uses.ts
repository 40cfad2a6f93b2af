// Uses of the client that must compile, and ones that must not.
import { createClient, type Client, type ClientOptions } from '../../../../clients/web/events.js';

const options: ClientOptions = { url: 'https://example.com', applicationId: 'my-app' };
const client: Client = createClient({ ...options, pageViews: () => ({ theme: 'dark' }), onError: ({ status, message }) => [status, message] });
createClient({ ...options, headers: { 'x-api-key': 'key' } });
createClient({ ...options, headers: async ({ url, body }) => ({ authorization: url + body }) });
createClient({ ...options, onRejected: ({ id, event, endpoint, status, message }) => [id, event?.EventType, endpoint?.User?.UserId, status, message] });

const id: string | undefined = client.record('purchase', { item: 'book', gift: true, size: 3, none: null }, { price: 1.5, none: undefined });
client.identify('user-1', { plan: 'free', hobbies: ['cooking'] }, { OptOut: 'NONE', Location: { Country: 'DE' } });
client.identify(undefined, {}, { Attributes: { plan: [] } });
client.flush().then((nothing: void) => [nothing, id]);
client.setEnabled(!client.isEnabled());
client.reset();
client.close().then((nothing: void) => nothing);

// @ts-expect-error: there is no gateway without its address
createClient({ applicationId: 'my-app' });
// @ts-expect-error: an event has a type
client.record();
// @ts-expect-error: an attribute is no object
client.record('purchase', { item: { name: 'book' } });
// @ts-expect-error: a metric is a number
client.record('purchase', {}, { price: '12.5' });
// @ts-expect-error: Pinpoint knows two
client.identify('user-1', {}, { OptOut: 'MAYBE' });
// @ts-expect-error: the user stands first
client.identify('user-1', {}, { User: { UserId: 'user-2' } });
