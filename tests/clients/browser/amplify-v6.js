// An app with Amplify version 6, whose users need no Cognito.
import { Amplify } from 'aws-amplify';
import * as analytics from 'aws-amplify/analytics';
import { Hub } from 'aws-amplify/utils';

const { application, flushInterval } = Object.fromEntries(new URLSearchParams(location.search));
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };

Amplify.configure(
  {
    Analytics: {
      Pinpoint: { appId: application, region: 'us-east-1', flushInterval: Number(flushInterval) },
    },
  },
  {
    Auth: {
      credentialsProvider: {
        getCredentialsAndIdentityId: async () => ({ credentials, identityId: 'us-east-1:me' }),
        clearCredentialsAndIdentityId: () => {},
      },
    },
  },
);

/** Record events and wait until all of them are in Amplify's buffer. */
async function recordAll(events) {
  let left = events.length;
  const recorded = new Promise((resolve) => {
    const stop = Hub.listen('analytics', () => {
      if (--left === 0) resolve(stop());
    });
  });
  events.forEach((event) => analytics.record(event));
  await recorded;
  await new Promise((resolve) => setTimeout(resolve)); // what is queued as microtasks has run
}

window.app = { ...analytics, recordAll };
