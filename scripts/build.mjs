// Builds dist/ from src/. Runs on `npm ci` (prepare); leaves politely when the compiler was not installed.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = `${root}node_modules/typescript-native/bin/tsc`;
if (!existsSync(tsc)) {
  console.log('ottla: the compiler is not installed (production install), dist/ is left as it is');
  process.exit(0);
}
rmSync(`${root}dist`, { recursive: true, force: true });
const result = spawnSync(process.execPath, [tsc, '-p', `${root}tsconfig.build.json`], { stdio: 'inherit' });
process.exit(result.status ?? 1);
