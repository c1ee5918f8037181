import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { diskFileSystem, FileError, systemClock } from '../base/index.ts';

/** The command as a function of `require`, `__url` and `__import`: `scripts/build.mjs` makes it of `main.ts`. */
export const SCRIPT = 'program.cjs';
/** What V8 made of it, beside it: each version and kind of machine has its own. */
export const CACHE = `program-${process.version}-${process.arch}.cache`;

/** So long after its start a broker has compiled what a start needs. */
const KEEP_AFTER_MS = 1_000;

/**
 * Runs the command in `folder` from its code cache: without one, compiling is a third of a start. Where there is none the cache is
 * made after a while of running, if the folder can be written; V8 refuses one of another script, or under other flags, and
 * compiles as ever.
 * @param onLoaded is called before the command begins: V8's flags may be changed then
 */
export function runCached(folder: string, onLoaded: () => void = () => {}): void {
  const { script, isFromCache } = load(folder);
  if (!isFromCache) systemClock.after(KEEP_AFTER_MS, () => keep(script, folder));
  onLoaded();
  const path = join(folder, SCRIPT);
  const program = script.runInThisContext() as (
    require: NodeJS.Require,
    url: string,
    load: (name: string) => Promise<unknown>,
  ) => void;
  // A script that came from a cache cannot import by itself (Node 20).
  program(createRequire(path), pathToFileURL(path).href, (name) => import(name));
}

/** A function of its own, so that what it read, 1 MiB of cache, is garbage before the command begins. */
function load(folder: string): { readonly script: Script; readonly isFromCache: boolean } {
  const path = join(folder, SCRIPT);
  const source = diskFileSystem.readFile(path).toString('latin1');
  const cachedData = readIfThere(join(folder, CACHE));
  const script = new Script(source, { filename: path, ...(cachedData && { cachedData }) });
  return { script, isFromCache: cachedData !== undefined };
}

function keep(script: Script, folder: string): void {
  const fresh = join(folder, `${CACHE}.${process.pid}`);
  try {
    const file = diskFileSystem.open(fresh, { create: true });
    file.write([script.createCachedData()], 0);
    file.sync();
    file.close();
    diskFileSystem.rename(fresh, join(folder, CACHE));
  } catch (error) {
    // Somebody else's folder: this user starts without.
    if (!(error instanceof FileError)) throw error;
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return diskFileSystem.readFile(path);
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}
