import { join } from 'node:path';
import type { FileSystem } from '../base/index.ts';

const FILE = 'partition.metadata';

/** Where the topic id of a partition's folder is written. */
export function topicIdPath(directory: string): string {
  return join(directory, FILE);
}

/** The topic id in a partition's `partition.metadata`; undefined when there is no such file, or nothing to be read from it. */
export function readTopicId(fs: FileSystem, directory: string): string | undefined {
  const path = join(directory, FILE);
  if (fs.info(path) === undefined) return undefined;
  return /^version: 0\ntopic_id: ([A-Za-z0-9_-]{22})\n?$/.exec(fs.readFile(path).toString('utf8'))?.[1];
}

/**
 * Whether an id that was found in a file is the one expected, or was before a byte of it was damaged: ids are drawn at random, and
 * no two differ in one place alone.
 */
export function isSameTopicId(found: string, expected: string): boolean {
  let different = 0;
  for (let i = 0; i < expected.length; i++) if (found[i] !== expected[i]) different++;
  return different < 2;
}

/** Not synced: the controller knows the id too, and a file torn by a loss of power is written again. */
export function writeTopicId(fs: FileSystem, directory: string, topicId: string): void {
  const file = fs.open(join(directory, FILE), { create: true });
  try {
    file.truncate(0);
    file.write([Buffer.from(`version: 0\ntopic_id: ${topicId}`)], 0);
  } finally {
    file.close();
  }
}
