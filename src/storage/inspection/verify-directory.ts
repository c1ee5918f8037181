import { join } from 'node:path';
import { FileError, type FileSystem } from '../../base/index.ts';
import { scanBatches } from '../../wire/records/index.ts';
import { CheckpointError, readOffsetCheckpoint } from '../checkpoint-file.ts';
import { wasStoppedCleanly } from '../clean-shutdown.ts';
import { isDeletedDirectoryName, parsePartitionDirectoryName, SUFFIX } from '../file-names.ts';
import type { Report } from './finding.ts';
import { verifyPartition, type PartitionExtent } from './verify-partition.ts';

const RECOVERY_POINTS = 'recovery-point-offset-checkpoint';
/** Offsets that a log directory notes of its partitions; none may lie beyond a log's end. */
const OFFSET_CHECKPOINTS = [
  RECOVERY_POINTS,
  'log-start-offset-checkpoint',
  'replication-offset-checkpoint',
  'cleaner-offset-checkpoint',
] as const;

/** The folders of partitions inside a log directory, by name: those of deleted ones are left out. */
export function partitionsOf(fs: FileSystem, directory: string): string[] {
  return fs.list(directory).filter((name) => {
    const isPartition = parsePartitionDirectoryName(name) !== undefined && !isDeletedDirectoryName(name);
    return isPartition && fs.info(join(directory, name))?.isDirectory === true;
  });
}

/** Bytes of log that `verifyDirectory` will go through. */
export function bytesToVerify(fs: FileSystem, directory: string): number {
  let bytes = 0;
  for (const partition of partitionsOf(fs, directory)) {
    for (const name of fs.list(join(directory, partition))) {
      if (name.endsWith(SUFFIX.log)) bytes += fs.info(join(directory, partition, name))?.size ?? 0;
    }
  }
  return bytes;
}

/**
 * Reads all there is in a log directory and reports what is not as it should be. Yields how many bytes of log it went forward.
 * @throws FileError when the directory itself cannot be read
 */
export function* verifyDirectory(
  fs: FileSystem,
  directory: string,
  report: Report,
): Generator<number, void, undefined> {
  const extents = new Map<string, PartitionExtent>();
  const recoveryPoints = recoveryPointsOf(fs, directory);
  for (const partition of partitionsOf(fs, directory)) {
    const path = join(directory, partition);
    try {
      extents.set(partition, yield* verifyPartition(fs, path, recoveryPoints(partition), report));
      verifySnapshots(fs, path, report);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      report({ path: error.path, problem: error.message, remedy: 'none' });
    }
  }
  for (const name of OFFSET_CHECKPOINTS) verifyOffsets(fs, join(directory, name), extents, report);
}

/** After a clean stop everything was written; else what lies past the recovery point is for the next start to settle. */
function recoveryPointsOf(fs: FileSystem, directory: string): (partition: string) => number {
  if (wasStoppedCleanly(fs, directory)) return () => Infinity;
  try {
    const offsets = readOffsetCheckpoint(fs, join(directory, RECOVERY_POINTS));
    return (partition) => offsets.get(partition) ?? 0;
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    return () => 0;
  }
}

/** The metadata log's snapshots: whole batches with the right crc. */
function verifySnapshots(fs: FileSystem, directory: string, report: Report): void {
  for (const name of fs.list(directory).filter((each) => each.endsWith('.checkpoint'))) {
    const path = join(directory, name);
    const { batches, problem } = scanBatches(fs.readFile(path));
    if (problem !== null) report({ path, position: problem.at, problem: problem.message, remedy: 'none' });
    let position = 0;
    for (const batch of batches) {
      if (!batch.isValid()) report({ path, position, problem: 'the crc of a batch does not match', remedy: 'none' });
      position += batch.sizeInBytes;
    }
  }
}

function verifyOffsets(
  fs: FileSystem,
  path: string,
  extents: ReadonlyMap<string, PartitionExtent>,
  report: Report,
): void {
  try {
    for (const [partition, offset] of readOffsetCheckpoint(fs, path)) {
      const extent = extents.get(partition);
      if (extent === undefined || offset <= extent.endOffset) continue;
      const problem = `says offset ${offset} of ${partition}, which ends at ${extent.endOffset}`;
      report({ path, problem, remedy: 'rebuild' });
    }
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    report({ path, problem: error.problem, remedy: 'rebuild' });
  }
}
