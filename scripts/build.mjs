// Builds dist/ from src/: the command and the test harness, bundled so that starting reads a few files and not hundreds,
// and the types beside them. Runs on `npm ci` (prepare); leaves politely when the compiler was not installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

const { dependencies, optionalDependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const { build } = await import('esbuild');
const shared = { absWorkingDir: root, bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };
await build({
  ...shared,
  entryPoints: ['src/testing/index.ts'],
  outfile: `${fresh}/testing/index.js`,
  format: 'esm',
  packages: 'external',
});
// CommonJS starts a little sooner.
await build({
  ...shared,
  entryPoints: ['src/cli/launch.ts'],
  outfile: `${fresh}/cli/main.js`,
  format: 'cjs',
  define: { 'import.meta.url': '__url' },
  banner: { js: 'const __url = require("node:url").pathToFileURL(__filename).href;' },
});
writeFileSync(`${fresh}/cli/package.json`, '{ "type": "commonjs" }\n');
// The command itself as a script that is handed `require`, `__url` and `__import`: see src/cli/code-cache.ts.
const {
  outputFiles: [program],
} = await build({
  ...shared,
  entryPoints: ['src/cli/main.ts'],
  write: false,
  format: 'cjs',
  // The others are loaded when they are needed, if at all.
  external: Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => name !== 'commander'),
  minifyWhitespace: true,
  minifySyntax: true,
  define: { 'import.meta.url': '__url' },
});
const body = program.text.replaceAll(/(?<![\w$.])import\(/g, '__import(');
writeFileSync(`${fresh}/cli/program.cjs`, `(function (require, __url, __import) {${body}\n})\n`);
const old = `${fresh}-old`;
if (existsSync(`${root}dist`)) renameSync(`${root}dist`, old);
renameSync(fresh, `${root}dist`);
rmSync(old, { recursive: true, force: true });
await makeCodeCache(`${root}dist/cli`);
process.exitCode = types.status ?? 1;

/** A broker that runs for a moment leaves what V8 has compiled. */
async function makeCodeCache(folder) {
  const broker = spawn(process.execPath, [`${folder}/main.js`, 'start', '--memory', '--port', '0', '--no-metrics'], {
    stdio: 'ignore',
  });
  for (let tries = 0; tries < 100 && broker.exitCode === null; tries++) {
    await new Promise((done) => setTimeout(done, 100));
    if (readdirSync(folder).some((name) => name.endsWith('.cache'))) break;
  }
  broker.kill();
}
