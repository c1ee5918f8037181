import { join } from 'node:path';
import type { FileSystem, Logger } from '../base/index.ts';
import { withChecksum, withoutChecksum } from './blank-checksum.ts';

const FILE = '.kafka_cleanshutdown';

export interface CleanShutdown {
  /** Undefined when a broker of an earlier version left the file empty. */
  readonly brokerEpoch: number | undefined;
}

/** Whether the last broker here stopped cleanly, for one who only looks. */
export function wasStoppedCleanly(fs: FileSystem, directory: string): boolean {
  return fs.info(join(directory, FILE)) !== undefined;
}

/** Takes the marker of a clean stop away: it speaks of the last stop, not of the next. Undefined after a crash. */
export function takeCleanShutdown(fs: FileSystem, directory: string, logger: Logger): CleanShutdown | undefined {
  const path = join(directory, FILE);
  if (fs.info(path) === undefined) return undefined;
  const text = withoutChecksum(fs.readFile(path).toString('utf8'));
  fs.remove(path);
  fs.syncDirectory(directory);
  if (text === undefined) {
    logger.warn('the marker of a clean stop is damaged: recovering as after a crash', { path, position: 0 });
    return undefined;
  }
  const epoch = /"brokerEpoch"\s*:\s*"?(-?\d{1,16})"?/.exec(text)?.[1];
  return { brokerEpoch: epoch === undefined ? undefined : Number(epoch) };
}

/** The last thing that a broker does with its files. */
export function writeCleanShutdown(fs: FileSystem, directory: string, brokerEpoch: number): void {
  fs.replaceFile(join(directory, FILE), withChecksum(JSON.stringify({ version: 0, brokerEpoch })));
}
