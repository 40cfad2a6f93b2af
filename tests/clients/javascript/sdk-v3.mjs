// A user of @aws-sdk/client-pinpoint: what it is answered, as JSON. AUTH is the gateway's `auth`.
import { text } from 'node:stream/consumers';
import {
  GetEndpointCommand,
  PinpointClient,
  PutEventsCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-pinpoint';

const [ApplicationId] = process.argv.slice(2);
// Without GATEWAY_URL it finds the gateway in AWS_ENDPOINT_URL_PINPOINT.
const url = process.env.GATEWAY_URL || undefined;

const clients = {
  none: () => new PinpointClient({ endpoint: url }),
  iam: () => new PinpointClient({ endpoint: url, signingName: 'execute-api' }),
  'api-key': () => withHeader('x-api-key', 'the-key'),
  cognito: () => withHeader('authorization', 'the.id.token'),
};
const client = clients[process.env.AUTH ?? 'none']();
const BatchItem = JSON.parse(await text(process.stdin));
const target = { ApplicationId, EndpointId: 'phone / ü' };

function withHeader(name, value) {
  const client = new PinpointClient({ endpoint: url });
  client.middlewareStack.add(
    (next) => (args) => {
      args.request.headers[name] = value;
      return next(args);
    },
    { step: 'deserialize' }, // after the signature was made
  );
  return client;
}

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
