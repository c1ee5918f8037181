import { createRequire } from 'node:module';

/** How codecs come to the packages they use, some of which may not be installed. */
export interface ModuleLoader {
  /** The package, or null when it is not installed or does not run on this machine. */
  require(name: string): unknown;
  /** The same for packages that can only be loaded by waiting. */
  import(name: string): Promise<unknown>;
}

let require: NodeJS.Require | undefined;

export const nodeModules: ModuleLoader = {
  require: (name) => {
    require ??= createRequire(import.meta.url);
    try {
      return require(name) as unknown;
    } catch {
      return null;
    }
  },
  import: (name) => import(name).catch(() => null),
};
