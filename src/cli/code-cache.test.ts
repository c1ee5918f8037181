import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CACHE, cachedScript, runCached, SCRIPT } from './code-cache.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ottla-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A script that leaves a file beside itself. */
const write = (): void =>
  writeFileSync(join(folder, SCRIPT), "require('node:fs').writeFileSync(__filename + '.ran', '')");
const hasRun = (): boolean => existsSync(join(folder, `${SCRIPT}.ran`));

test('without a script there is nothing to run', () => {
  expect(runCached(folder)).toBe(false);
});

test('a script runs with its own require and name, with or without a cache', () => {
  write();
  expect(runCached(folder)).toBe(true);
  expect(hasRun()).toBe(true);
});

test('a cache made of the same script is taken', () => {
  write();
  writeFileSync(join(folder, CACHE), cachedScript(folder)?.createCachedData() ?? '');
  expect(cachedScript(folder)?.cachedDataRejected).toBe(false);
});

test('a cache that is damaged, or of another Node, costs time and nothing else', () => {
  write();
  writeFileSync(join(folder, CACHE), Buffer.alloc(1000, 7));
  expect(cachedScript(folder)?.cachedDataRejected).toBe(true);
  expect(runCached(folder)).toBe(true);
  expect(hasRun()).toBe(true);
});
