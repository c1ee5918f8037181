import type { FileSystem } from '../base/index.ts';
import { decodeMessage, encodeMessage } from '../wire/index.ts';
import { decodeMetadataRecord, SnapshotFooterRecord, SnapshotHeaderRecord } from '../wire/messages/index.ts';
import {
  buildBatch,
  controlRecordKey,
  controlRecordTypeOf,
  recordsOf,
  scanBatches,
  type ControlRecordType,
} from '../wire/records/index.ts';
import { MetadataLogError } from './metadata-log-error.ts';
import { encodeRecord, type MetadataRecord } from './record.ts';

/** What a snapshot stands for: all of the log before `endOffset`, the last of it from leader epoch `epoch`. */
export interface SnapshotId {
  readonly endOffset: number;
  readonly epoch: number;
}

export interface Snapshot {
  /** Timestamp of the last batch it stands for, ms. */
  readonly lastTimestampMs: number;
  readonly records: readonly MetadataRecord[];
}

const RECORDS_PER_BATCH = 1_000;
const MAX_BATCH_BYTES = 256 * 1024 * 1024;
const NAME = /^(\d{20})-(\d{10})\.checkpoint$/;

/** `00000000000000000663-0000000002.checkpoint` */
export function snapshotFileName({ endOffset, epoch }: SnapshotId): string {
  return `${String(endOffset).padStart(20, '0')}-${String(epoch).padStart(10, '0')}.checkpoint`;
}

/** The snapshots in a folder, oldest first. */
export function listSnapshots(fs: FileSystem, directory: string): SnapshotId[] {
  const found: SnapshotId[] = [];
  for (const name of fs.list(directory)) {
    const match = NAME.exec(name);
    if (match !== null) found.push({ endOffset: Number(match[1]), epoch: Number(match[2]) });
  }
  return found.sort((a, b) => a.endOffset - b.endOffset || a.epoch - b.epoch);
}

/**
 * A snapshot as Kafka's RecordsSnapshotWriter lays it out: a header control batch, batches of records and a footer
 * control batch, with offsets of their own from 0 on.
 */
export function encodeSnapshot(
  records: Iterable<MetadataRecord>,
  { epoch, lastTimestampMs, now }: { readonly epoch: number; readonly lastTimestampMs: number; readonly now: number },
): Buffer {
  const batches: Buffer[] = [];
  let offset = 0;
  const add = (values: readonly Buffer[], control?: ControlRecordType): void => {
    const key = control === undefined ? null : controlRecordKey(control);
    batches.push(
      buildBatch({
        baseOffset: offset,
        partitionLeaderEpoch: epoch,
        isControl: control !== undefined,
        records: values.map((value) => ({ timestampMs: now, key, value })),
      }),
    );
    offset += values.length;
  };
  const header = { version: 0, lastContainedLogTimestamp: lastTimestampMs };
  add([encodeMessage(SnapshotHeaderRecord, 0, header)], 'SNAPSHOT_HEADER');
  let values: Buffer[] = [];
  for (const record of records) {
    if (values.push(encodeRecord(record)) < RECORDS_PER_BATCH) continue;
    add(values);
    values = [];
  }
  if (values.length > 0) add(values);
  add([encodeMessage(SnapshotFooterRecord, 0, { version: 0 })], 'SNAPSHOT_FOOTER');
  return Buffer.concat(batches);
}

/** Throws MetadataLogError, CorruptRecordError or WireError for a file that is damaged, not whole, or of a later release. */
export function decodeSnapshot(path: string, content: Buffer): Snapshot {
  const { batches, problem } = scanBatches(content);
  if (problem !== null) throw new MetadataLogError(`${path}: ${problem.message}`);
  let lastTimestampMs = -1;
  let isWhole = false;
  const records: MetadataRecord[] = [];
  for (const batch of batches) {
    if (!batch.isValid()) throw new MetadataLogError(`${path}: the batch at ${batch.at} is damaged`);
    for (const { key, value } of recordsOf(batch, { maxBytes: MAX_BATCH_BYTES })) {
      if (value === null) throw new MetadataLogError(`${path}: a record has no value`);
      if (!batch.isControl) {
        records.push(decodeMetadataRecord(value));
        continue;
      }
      const type = controlRecordTypeOf(key);
      if (type === 'SNAPSHOT_FOOTER') isWhole = true;
      else if (type === 'SNAPSHOT_HEADER')
        lastTimestampMs = decodeMessage(SnapshotHeaderRecord, 0, value).lastContainedLogTimestamp;
      else if (type === 'KRAFT_VERSION' || type === 'KRAFT_VOTERS') refuseDynamicQuorum(path);
    }
  }
  if (!isWhole) throw new MetadataLogError(`${path}: the snapshot has no footer`);
  return { lastTimestampMs, records };
}

/** A quorum whose voters are in the log itself (KIP-853) is more than a single voter of ours can keep up. */
export function refuseDynamicQuorum(path: string): never {
  throw new MetadataLogError(`${path}: kraft.version 1 is not supported; format with a static quorum instead`);
}
