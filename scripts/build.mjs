// Builds dist/ from src/: the command and the test harness, bundled so that starting reads a few files and not hundreds,
// and the types beside them. Runs on `npm ci` (prepare); leaves politely when the compiler was not installed.
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = `${root}node_modules/typescript-native/bin/tsc`;
if (!existsSync(tsc)) {
  console.log('ottla: the compiler is not installed (production install), dist/ is left as it is');
  process.exit(0);
}
// Made beside the old one and put in its place at the end: who starts the command meanwhile finds one of the two.
const fresh = `${root}.dist-${process.pid}`;
const types = spawnSync(process.execPath, [tsc, '-p', `${root}tsconfig.build.json`, '--outDir', fresh], {
  stdio: 'inherit',
});

const { build } = await import('esbuild');
await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts', 'src/testing/index.ts'],
  outdir: fresh,
  outbase: 'src',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
const old = `${fresh}-old`;
if (existsSync(`${root}dist`)) renameSync(`${root}dist`, old);
renameSync(fresh, `${root}dist`);
rmSync(old, { recursive: true, force: true });
process.exitCode = types.status ?? 1;
