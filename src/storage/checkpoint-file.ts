import { dirname } from 'node:path';
import type { FileSystem } from '../base/index.ts';
import { withChecksum, withoutChecksum } from './blank-checksum.ts';
import type { EpochStart } from './leader-epochs.ts';

const VERSION = '0';

/** A checkpoint file is not what it should be; `line` counts from 1. */
export class CheckpointError extends Error {
  override name = 'CheckpointError';
  readonly path: string;
  readonly line: number;
  /** What is wrong, without the path. */
  readonly problem: string;

  constructor(path: string, line: number, message: string) {
    const problem = `line ${line}: ${message}`;
    super(`${path}, ${problem}`);
    this.problem = problem;
    this.path = path;
    this.line = line;
  }
}

/**
 * Kafka's checkpoint files: a version, the number of entries, then an entry a line. A missing or empty file has none.
 * Ours end in a checksum.
 * @throws CheckpointError
 */
function readLines(fs: FileSystem, path: string): string[] {
  if (fs.info(path) === undefined) return [];
  const content = fs.readFile(path).toString('utf8');
  if (content === '') return [];
  const text = withoutChecksum(content);
  if (text === undefined)
    throw new CheckpointError(path, content.split('\n').length - 1, 'the checksum does not match');
  const [version, count, ...lines] = text.split('\n');
  if (version !== VERSION) throw new CheckpointError(path, 1, `version ${version} is not known`);
  // Without its last line end the last entry may have lost digits.
  if (lines.pop() !== '') throw new CheckpointError(path, lines.length + 3, 'the file ends within a line');
  if (count !== String(lines.length)) {
    throw new CheckpointError(path, 2, `${count} entries are announced, ${lines.length} are there`);
  }
  return lines;
}

function format(lines: readonly string[]): string {
  const text = [VERSION, String(lines.length), ...lines, ''].join('\n');
  // Blanks behind a number that stands alone would be too much for Kafka.
  return lines.length === 0 ? text : withChecksum(text);
}

/** Offsets of partitions, by `<topic>-<partition>`. @throws CheckpointError */
export function readOffsetCheckpoint(fs: FileSystem, path: string): Map<string, number> {
  const offsets = new Map<string, number>();
  for (const [index, line] of readLines(fs, path).entries()) {
    const match = /^(\S+) (\d{1,10}) (\d{1,16})$/.exec(line);
    const name = `${match?.[1]}-${match?.[2]}`;
    if (match === null || offsets.has(name)) throw new CheckpointError(path, index + 3, 'not an offset of a partition');
    offsets.set(name, Number(match[3]));
  }
  return offsets;
}

export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

const formatOffsets = (offsets: readonly PartitionOffset[]): string =>
  format(offsets.map(({ topic, partition, offset }) => `${topic} ${partition} ${offset}`));

export function writeOffsetCheckpoint(fs: FileSystem, path: string, offsets: readonly PartitionOffset[]): void {
  fs.replaceFile(path, formatOffsets(offsets));
}

/** The same without blocking the event loop: see `replaceLater`. */
export function writeOffsetCheckpointLater(
  fs: FileSystem,
  path: string,
  offsets: readonly PartitionOffset[],
  isWanted: () => boolean,
): Promise<void> {
  return replaceLater(fs, path, formatOffsets(offsets), isWanted);
}

/** @param isWanted whether the file is still to be replaced when the new one is on the disk: nobody has written a newer one */
async function replaceLater(fs: FileSystem, path: string, content: string, isWanted: () => boolean): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = fs.open(temporary, { create: true });
  try {
    file.truncate(0);
    file.write([Buffer.from(content)], 0);
    await file.syncLater();
  } finally {
    file.close();
  }
  if (!isWanted()) return;
  fs.rename(temporary, path);
  await fs.syncDirectoryLater(dirname(path));
}

/** @throws CheckpointError */
export function readEpochCheckpoint(fs: FileSystem, path: string): EpochStart[] {
  return readLines(fs, path).map((line, index) => {
    const match = /^(\d{1,10}) (\d{1,16})$/.exec(line);
    if (match === null) throw new CheckpointError(path, index + 3, 'not the start of a leader epoch');
    return { epoch: Number(match[1]), startOffset: Number(match[2]) };
  });
}

const formatEpochs = (epochs: readonly EpochStart[]): string =>
  format(epochs.map(({ epoch, startOffset }) => `${epoch} ${startOffset}`));

export function writeEpochCheckpoint(fs: FileSystem, path: string, epochs: readonly EpochStart[]): void {
  fs.replaceFile(path, formatEpochs(epochs));
}

/** The same without blocking the event loop: see `replaceLater`. */
export function writeEpochCheckpointLater(
  fs: FileSystem,
  path: string,
  epochs: readonly EpochStart[],
  isWanted: () => boolean,
): Promise<void> {
  return replaceLater(fs, path, formatEpochs(epochs), isWanted);
}
