#!/usr/bin/env node
/** What `dist/cli/main.js` is made of: the least that must be compiled before the code cache is there. */
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { systemClock } from '../base/index.ts';
import { runCached } from './code-cache.ts';

/** So long after it began a start is over, where it has nothing to recover. */
const START_MS = 500;

/**
 * V8's flags for the time of a start, and afterwards, when all goes on as ever.
 *
 * - V8 doubles the space of young objects for what a start leaves behind once, and never takes it back.
 * - A handful of functions that a start calls often would bring in the optimizing compiler, most of whose own code is
 *   touched by the first of them.
 */
const flags = {
  start: ['--semi-space-growth-factor=1', '--no-opt'],
  afterwards: ['--semi-space-growth-factor=2', '--opt'],
} as const;

/**
 * For good, and before the code cache is read, which belongs to these flags: young objects are collected by the event loop's own
 * thread. It would wait for helpers else, and they for a core where all are busy: collections of some 3 ms took up to 71.
 */
setFlagsFromString('--no-parallel-scavenge');

runCached(fileURLToPath(new URL('.', import.meta.url)), () => {
  flags.start.forEach(setFlagsFromString);
  systemClock.after(START_MS, () => flags.afterwards.forEach(setFlagsFromString));
});
