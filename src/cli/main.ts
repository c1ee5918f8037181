#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { runCached } from './code-cache.ts';

if (!runCached(fileURLToPath(new URL('.', import.meta.url)))) await import('./program.ts');
