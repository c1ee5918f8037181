import { dirname } from 'node:path';
import { FileError, type FileSystem, type Random } from '../base/index.ts';
import { LogDirectoryError } from './log-directory-error.ts';
import { settleMetaProperties, type ExpectedMeta, type MetaProperties } from './meta-properties.ts';

/** A folder that is this broker's until released. */
export interface DirectoryClaim {
  readonly meta: MetaProperties;
  release(): void;
}

/**
 * Claims a folder and settles whose it is, making it if missing.
 * @throws LogDirectoryError when it is another broker's, in use, or cannot be read
 */
export function claimDirectory(fs: FileSystem, random: Random, path: string, expected: ExpectedMeta): DirectoryClaim {
  let lock: ReturnType<FileSystem['lock']> | undefined;
  try {
    makeDurably(fs, path);
    lock = fs.lock(path);
    return { meta: settleMetaProperties(fs, random, path, expected), release: lock.release.bind(lock) };
  } catch (error) {
    lock?.release();
    throw asLogDirectoryError(path, error);
  }
}

/** Makes the directory and its parents so that they are there after a loss of power. */
function makeDurably(fs: FileSystem, path: string): void {
  if (fs.info(path) !== undefined) return;
  const parent = dirname(path);
  if (parent !== path) makeDurably(fs, parent);
  fs.makeDirectory(path);
  fs.syncDirectory(parent);
}

/** What a disk says, told as what became of the directory; other errors stay as they are. */
export function asLogDirectoryError(path: string, error: unknown): unknown {
  if (!(error instanceof FileError)) return error;
  const message =
    error.code === 'ELOCKED'
      ? `${path} is in use by another broker: stop that one, or use another directory`
      : `${path} cannot be used as a log directory: ${error.message}`;
  return new LogDirectoryError(path, message, error);
}
