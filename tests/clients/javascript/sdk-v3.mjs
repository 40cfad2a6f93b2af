// A user of @aws-sdk/client-pinpoint: what it is answered, as JSON.
import { text } from 'node:stream/consumers';
import {
  GetEndpointCommand,
  PinpointClient,
  PutEventsCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-pinpoint';

const [ApplicationId] = process.argv.slice(2);
// Without GATEWAY_URL it finds the gateway in AWS_ENDPOINT_URL_PINPOINT.
const client = new PinpointClient({ endpoint: process.env.GATEWAY_URL || undefined });
const BatchItem = JSON.parse(await text(process.stdin));
const target = { ApplicationId, EndpointId: 'phone / ü' };

const put = await client.send(
  new PutEventsCommand({ ApplicationId, EventsRequest: { BatchItem } }),
);
const updated = await client.send(
  new UpdateEndpointCommand({ ...target, EndpointRequest: { OptOut: 'NONE' } }),
);
const found = await client.send(new GetEndpointCommand(target));
const refused = await client
  .send(new GetEndpointCommand({ ApplicationId, EndpointId: 'nobody' }))
  .catch((error) => error);

console.log(
  JSON.stringify({
    put: put.EventsResponse,
    updated: updated.MessageBody.Message,
    found: found.EndpointResponse.OptOut,
    attempts: [put, updated, found, refused].map(({ $metadata }) => $metadata.attempts),
    refused: [refused.name, refused.message],
  }),
);
