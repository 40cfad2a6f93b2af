// A user of Amplify version 6 on a server, where the fetch wrapper works as it does in a page.
import { Amplify } from 'aws-amplify';
import { identifyUser, record } from 'aws-amplify/analytics';
import { sendPinpointTo } from '../../../clients/web/fetch-wrapper.js';

const [application] = process.argv.slice(2);
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };

sendPinpointTo(process.env.GATEWAY_URL);
const wrapped = globalThis.fetch;
const posted = new Promise((resolve) => {
  globalThis.fetch = async (url, init) => {
    const response = await wrapped(url, init);
    if (init.method === 'POST') resolve(response.status);
    return response;
  };
});
Amplify.configure(
  { Analytics: { Pinpoint: { appId: application, region: 'us-east-1', flushInterval: 50 } } },
  {
    Auth: {
      credentialsProvider: {
        getCredentialsAndIdentityId: async () => ({ credentials, identityId: 'us-east-1:me' }),
        clearCredentialsAndIdentityId: () => {},
      },
    },
  },
);
await identifyUser({ userId: 'user-1', userProfile: { plan: 'free' } });
record({ name: 'tap' });
console.log(JSON.stringify({ posted: await posted }));
process.exit(); // Amplify's timer would go on
