import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CACHE, SCRIPT } from './code-cache.ts';

const module = fileURLToPath(new URL('code-cache.ts', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ottla-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a script as the command runs, and for so long. Returns what it said. */
function run(script: string, ms = 0): string {
  const program = `(function (require, __url, __import) { ${script}; setTimeout(() => {}, ${ms}); })`;
  writeFileSync(join(folder, SCRIPT), program);
  const code = `import(${JSON.stringify(module)}).then(({ runCached }) => runCached(${JSON.stringify(folder)}))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '-e', code], { encoding: 'utf8' });
  return stdout + stderr;
}

const script = `
  console.log(require('node:path').basename(__url));
  void __import('node:os').then((os) => console.log(typeof os.hostname));`;
const said = `${SCRIPT}\nfunction\n`;

test('a script that runs for a while leaves its cache, and runs from it', () => {
  expect(run(script, 1_500)).toBe(said);
  expect(readdirSync(folder).sort()).toEqual([CACHE, SCRIPT].sort());
  const kept = readFileSync(join(folder, CACHE));
  expect(run(script, 1_500)).toBe(said);
  expect(readFileSync(join(folder, CACHE))).toEqual(kept);
});

test('one that ends at once leaves none', () => {
  expect(run(script)).toBe(said);
  expect(existsSync(join(folder, CACHE))).toBe(false);
});

test('a cache that is damaged costs time and nothing else', () => {
  writeFileSync(join(folder, CACHE), Buffer.alloc(1000, 7));
  expect(run(script)).toBe(said);
});
