// A user of aws-sdk, version 2: what it is answered, as JSON.
import { text } from 'node:stream/consumers';
import Pinpoint from 'aws-sdk/clients/pinpoint.js';

const [ApplicationId] = process.argv.slice(2);
const client = new Pinpoint({ endpoint: process.env.GATEWAY_URL });
const BatchItem = JSON.parse(await text(process.stdin));
const target = { ApplicationId, EndpointId: 'phone / ü' };
const attempts = [];
const send = (request) => {
  request.on('complete', ({ retryCount }) => attempts.push(retryCount + 1));
  return request.promise();
};

const put = await send(client.putEvents({ ApplicationId, EventsRequest: { BatchItem } }));
const updated = await send(
  client.updateEndpoint({ ...target, EndpointRequest: { OptOut: 'NONE' } }),
);
const found = await send(client.getEndpoint(target));
const refused = await send(client.getEndpoint({ ApplicationId, EndpointId: 'nobody' })).catch(
  (error) => error,
);

console.log(
  JSON.stringify({
    put: put.EventsResponse,
    updated: updated.MessageBody.Message,
    found: found.EndpointResponse.OptOut,
    attempts,
    refused: [refused.code, refused.message],
  }),
);
