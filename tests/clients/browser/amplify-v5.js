// An app with Amplify version 5, or 4, whose users need no Cognito.
import { Amplify } from '@aws-amplify/core';
import { Analytics } from '@aws-amplify/analytics';

const { application, flushInterval } = Object.fromEntries(new URLSearchParams(location.search));

Amplify.register({
  getModuleName: () => 'Auth',
  currentUserCredentials: async () => ({
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'secret',
    sessionToken: 'token',
    identityId: 'us-east-1:me',
    authenticated: false,
  }),
});
Amplify.configure({
  Analytics: {
    autoSessionRecord: true,
    AWSPinpoint: {
      appId: application,
      region: 'us-east-1',
      flushInterval: Number(flushInterval),
      mandatorySignIn: false,
    },
  },
});

window.app = Analytics;
