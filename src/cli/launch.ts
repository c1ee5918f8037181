#!/usr/bin/env node
/** What `dist/cli/main.js` is made of: the least that must be compiled before the code cache is there. */
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { systemClock } from '../base/index.ts';
import { runCached } from './code-cache.ts';

/** So long after it began a start is over, where it has nothing to recover. */
const START_MS = 500;

runCached(fileURLToPath(new URL('.', import.meta.url)), () => {
  // V8 doubles the space of young objects for what a start leaves behind once, and never takes it back. From then on it grows with
  // the load, as ever.
  setFlagsFromString('--semi-space-growth-factor=1');
  systemClock.after(START_MS, () => setFlagsFromString('--semi-space-growth-factor=2'));
});
