import { createRequire } from 'node:module';
import { join } from 'node:path';
import { constants, Script } from 'node:vm';
import { diskFileSystem, FileError } from '../base/index.ts';

/** The command as one script, and what V8 made of it when it was built: `scripts/build.mjs` writes both. */
export const SCRIPT = 'program.cjs';
export const CACHE = 'program.cache';

/**
 * The script in `folder` with its code cache: a third of a start is compiling. V8 takes no cache of another version of itself or of
 * another script, and compiles then. Undefined where there is no such script, as when running from the sources, or where this
 * version of Node (before 20.12) cannot import modules from one.
 */
export function cachedScript(folder: string): Script | undefined {
  // Missing in older versions, whatever the types say.
  const loader = (constants as Partial<typeof constants> | undefined)?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const source = loader === undefined ? undefined : read(join(folder, SCRIPT));
  if (source === undefined) return undefined;
  const cachedData = read(join(folder, CACHE));
  return new Script(`(function (require, __filename) {${source.toString('utf8')}\n})`, {
    filename: join(folder, SCRIPT),
    ...(loader && { importModuleDynamically: loader }),
    ...(cachedData && { cachedData }),
  });
}

export function run(script: Script, folder: string): void {
  const path = join(folder, SCRIPT);
  (script.runInThisContext() as (require: NodeJS.Require, path: string) => void)(createRequire(path), path);
}

/** Runs the command from its cached form; false where there is none. */
export function runCached(folder: string): boolean {
  const script = cachedScript(folder);
  if (script === undefined) return false;
  run(script, folder);
  return true;
}

function read(path: string): Buffer | undefined {
  try {
    return diskFileSystem.readFile(path);
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}
