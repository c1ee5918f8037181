import { join } from 'node:path';
import type { FileSystem, Logger } from '../base/index.ts';
import { fileName, offsetOfFileName, SUFFIX } from './file-names.ts';
import { HeaderScan } from './segment-scan.ts';

const SEGMENT_FILE = /^(\d{20})\.(?:log|index|timeindex|txnindex|txnindex\.crc)$/;

/**
 * Settles what a compaction left that a crash cut short (Kafka's LogLoader): a segment called `.cleaned` was not whole and goes;
 * one called `.swap` was, and takes the place of the segments that it was made of. Returns whether there was something to settle.
 */
export function settleInterruptedSwap(
  fs: FileSystem,
  directory: string,
  names: readonly string[],
  logger: Logger,
): boolean {
  const unfinished = names.filter((name) => name.endsWith(SUFFIX.cleaned));
  const swaps = names.filter((name) => name.endsWith(SUFFIX.swap));
  if (unfinished.length === 0 && swaps.length === 0) return false;
  // Files are renamed one by one: a segment of which one is still called `.cleaned` has not taken any other's place.
  const firstUnfinished = Math.min(...unfinished.map(offsetOf));
  const [valid, early] = [
    swaps.filter((name) => offsetOf(name) < firstUnfinished),
    swaps.filter((name) => offsetOf(name) >= firstUnfinished),
  ];
  for (const name of [...early, ...unfinished]) {
    logger.info('removing what is left of a compaction that did not end', { path: join(directory, name) });
    fs.remove(join(directory, name));
  }
  const replaced = replacedRange(fs, directory, valid);
  for (const name of names) {
    const offset = SEGMENT_FILE.test(name) ? offsetOf(name) : -1;
    if (offset < replaced.from || (offset >= replaced.to && offset !== replaced.from)) continue;
    logger.info('removing a segment that compaction has replaced', { path: join(directory, name) });
    fs.remove(join(directory, name));
  }
  // Of changes that are not synced any may survive a loss of power, the last without the first.
  fs.syncDirectory(directory);
  for (const name of valid) {
    logger.info('completing a compaction', { path: join(directory, name) });
    fs.rename(join(directory, name), join(directory, name.slice(0, -SUFFIX.swap.length)));
  }
  fs.syncDirectory(directory);
  return true;
}

function offsetOf(name: string): number {
  const digits = /^\d{20}/.exec(name);
  return digits === null ? Infinity : Number(digits[0]);
}

/** From the first offset of the segments to be put in place to the end of what they hold. */
function replacedRange(fs: FileSystem, directory: string, swaps: readonly string[]): { from: number; to: number } {
  let from = Infinity;
  let to = -Infinity;
  for (const name of swaps) {
    const baseOffset = offsetOfFileName(name.slice(0, -SUFFIX.swap.length), SUFFIX.log);
    if (baseOffset === undefined) continue;
    from = Math.min(from, baseOffset);
    to = Math.max(to, nextOffset(fs, join(directory, fileName(baseOffset, SUFFIX.log) + SUFFIX.swap), baseOffset));
  }
  return { from, to };
}

function nextOffset(fs: FileSystem, path: string, baseOffset: number): number {
  const file = fs.open(path);
  try {
    const scan = new HeaderScan(file, 0, file.size());
    let next = baseOffset;
    for (let header = scan.next(); header !== undefined; header = scan.next()) next = header.nextOffset;
    return next;
  } finally {
    file.close();
  }
}
