// Writes what V8 has compiled of the command once a broker of it serves: node scripts/code-cache.mjs <folder of program.cjs>
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = resolve(process.argv[2]);
const { CACHE, cachedScript, run } = await import(pathToFileURL(join(folder, 'code-cache.js')).href);
const script = cachedScript(folder);
if (script !== undefined) {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (text, ...rest) => {
    if (!String(text).startsWith('Ottla is ready')) return write(text, ...rest);
    setTimeout(() => {
      writeFileSync(join(folder, CACHE), script.createCachedData());
      process.exit(0);
    }, 200);
    return true;
  };
  process.argv.splice(1, Infinity, join(folder, 'main.js'), 'start', '--memory', '--port', '0', '--no-metrics');
  run(script, folder);
}
