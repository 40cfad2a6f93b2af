// A user of @aws-sdk/client-pinpoint whose request fails as a whole: what is thrown, as JSON.
import { PinpointClient, PutEventsCommand } from '@aws-sdk/client-pinpoint';

const client = new PinpointClient({ endpoint: process.env.GATEWAY_URL, maxAttempts: 2 });
const error = await client
  .send(new PutEventsCommand({ ApplicationId: 'app', EventsRequest: { BatchItem: {} } }))
  .catch((thrown) => thrown);
console.log(
  JSON.stringify({
    name: error.name,
    message: error.message,
    attempts: error.$metadata.attempts,
  }),
);
