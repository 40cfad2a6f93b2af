// An app with Amplify version 5, or 4, whose users need no Cognito.
import { Amplify, Hub } from '@aws-amplify/core';
import { Analytics } from '@aws-amplify/analytics';

const AMPLIFY = Symbol.for('amplify_default');
const { application, flushInterval } = Object.fromEntries(new URLSearchParams(location.search));

Amplify.register({
  getModuleName: () => 'Auth',
  // Amplify's own Auth says this too; version 4 starts no session before.
  configure: () => Hub.dispatch('auth', { event: 'configured' }, 'Auth', AMPLIFY),
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
