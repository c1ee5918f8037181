import { basename, dirname, join } from 'node:path';
import { type Clock, type FileSystem, type Logger, type Random } from '../../base/index.ts';
import { parsePartitionDirectoryName, offsetOfFileName, SUFFIX } from '../file-names.ts';
import { defaultLogConfig } from '../log-config.ts';
import { PartitionLog } from '../partition-log.ts';
import { EPOCH_CHECKPOINT } from '../epoch-checkpoint.ts';
import type { Finding } from './finding.ts';
import { survivingBatches } from './surviving-batches.ts';
import { segmentsOf } from './verify-partition.ts';

const METADATA_PARTITION = '__cluster_metadata-0';

export interface RepairOptions {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The log directory that was verified. */
  readonly directory: string;
  /** Where damaged bytes are kept: outside of the log directory, which holds partitions alone. */
  readonly damagedDirectory: string;
}

/** What a repair did, for its user to read. */
export interface Repair {
  readonly path: string;
  readonly done: string;
}

/**
 * Mends what `findings` name, as their remedies say. Damaged bytes are copied away before they are cut out of a segment; indexes,
 * producer snapshots and leader epochs are made anew from the batches that are left. The directory must not be in use.
 * @throws FileError
 */
export function repair(findings: readonly Finding[], options: RepairOptions): Repair[] {
  const { fs } = options;
  const mendable = findings.filter(
    ({ remedy, path }) => remedy !== 'none' && basename(dirname(path)) !== METADATA_PARTITION,
  );
  const damaged = new Set(mendable.filter(({ remedy }) => remedy === 'cut out').map(({ path }) => path));
  const repairs: Repair[] = [];
  for (const path of damaged) repairs.push(...cutOut(path, options));
  for (const path of new Set(mendable.filter(({ remedy }) => remedy === 'rebuild').map((each) => each.path))) {
    fs.remove(path);
    repairs.push({ path, done: 'made anew' });
  }
  const partitions = new Set(mendable.map(({ path }) => dirname(path)).filter((path) => path !== options.directory));
  for (const partition of partitions) recoverPartition(partition, damaged, options);
  return repairs;
}

/** Writes the segment anew from its whole batches. */
function cutOut(path: string, { fs, damagedDirectory }: RepairOptions): Repair[] {
  const repairs: Repair[] = [];
  const repaired = `${path}.repaired`;
  const source = fs.open(path);
  const target = fs.open(repaired, { create: true });
  try {
    target.truncate(0);
    let size = 0;
    const baseOffset = offsetOfFileName(basename(path), SUFFIX.log) ?? 0;
    const endOffset = segmentsOf(fs.list(dirname(path))).find((each) => each > baseOffset);
    for (const stretch of survivingBatches(source, baseOffset, endOffset)) {
      if (stretch.kind === 'batch') {
        target.write([stretch.batch.bytes], size);
        size += stretch.batch.sizeInBytes;
        continue;
      }
      if (stretch.kind === 'zeros') continue;
      const kept = join(damagedDirectory, basename(dirname(path)), `${basename(path)}.${stretch.position}`);
      keep(fs, kept, source, stretch);
      repairs.push({ path, done: `cut ${stretch.bytes} bytes out at position ${stretch.position}, kept in ${kept}` });
    }
    target.sync();
  } finally {
    source.close();
    target.close();
  }
  fs.rename(repaired, path);
  fs.syncDirectory(dirname(path));
  return repairs;
}

function keep(
  fs: FileSystem,
  path: string,
  source: { read(target: Uint8Array, position: number): number },
  { position, bytes }: { readonly position: number; readonly bytes: number },
): void {
  fs.makeDirectory(dirname(path));
  const content = Buffer.alloc(bytes);
  source.read(content, position);
  fs.replaceFile(path, content);
}

/** Lets the log recover all of itself, without what was made from the batches that are gone. */
function recoverPartition(directory: string, damaged: ReadonlySet<string>, options: RepairOptions): void {
  const { fs, clock, random, logger } = options;
  const name = parsePartitionDirectoryName(basename(directory));
  if (name === undefined) return;
  if ([...damaged].some((path) => dirname(path) === directory)) {
    for (const file of fs.list(directory)) {
      const isDerived =
        /\.(?:index|timeindex|txnindex|txnindex\.crc|snapshot)$/.test(file) || file === EPOCH_CHECKPOINT;
      if (isDerived) fs.remove(join(directory, file));
    }
  }
  PartitionLog.open({
    ...name,
    fs,
    clock,
    random,
    logger,
    directory,
    config: defaultLogConfig,
    producerIdExpirationMs: Number.MAX_SAFE_INTEGER,
    cleanShutdown: false,
    recoveryPoint: 0,
  }).close();
}
