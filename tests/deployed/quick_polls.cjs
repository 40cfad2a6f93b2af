// The CDK's CLI asks every five seconds how far a stack is, which AWS takes minutes for: the emulated
// one is done in one or two. Node loads this into the CLI first (NODE_OPTIONS).
"use strict";

const CDK_POLLS_MS = 5000;
const INSTEAD_MS = 200;
const wait = globalThis.setTimeout;

globalThis.setTimeout = Object.assign(
  (callback, ms, ...words) => wait(callback, ms === CDK_POLLS_MS ? INSTEAD_MS : ms, ...words),
  wait, // what Node has put on it, so that it can be awaited as before
);
