#!/usr/bin/env node
/** What `dist/cli/main.js` is made of: the least that must be compiled before the code cache is there. */
import { fileURLToPath } from 'node:url';
import { runCached } from './code-cache.ts';

runCached(fileURLToPath(new URL('.', import.meta.url)));
