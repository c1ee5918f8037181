import { basename } from 'node:path';
import type { FileSystem } from '../../base/index.ts';
import { recordsOf, scanBatches, type RecordBatch } from '../../wire/records/index.ts';
import { fileName, offsetOfFileName, SUFFIX } from '../file-names.ts';
import { OffsetIndex } from '../offset-index.ts';
import { decodeProducerSnapshot } from '../producer-snapshot.ts';
import { TimeIndex } from '../time-index.ts';
import { TransactionIndex } from '../transaction-index.ts';
import { MAX_DECOMPRESSED_BYTES } from '../validate.ts';
import { survivingBatches } from './surviving-batches.ts';

/** One thing in a file: what it is, and its fields. */
export interface Item {
  readonly kind: string;
  readonly [field: string]: unknown;
}

export interface DumpOptions {
  readonly fs: FileSystem;
  /** Records too, not their batches alone. */
  readonly withRecords: boolean;
  /** What a record says, for logs whose records are messages; undefined: its key and value as they are. */
  readonly decode: ((key: Buffer | null, value: Buffer | null, isControl: boolean) => unknown) | undefined;
}

/**
 * Tells what is in a file of a partition's folder: a segment, an index, a producer snapshot, a snapshot of the metadata, or a
 * text file. Damage is told as an item, never thrown.
 * @throws FileError
 */
export function* dumpFile(path: string, options: DumpOptions): Generator<Item, void, undefined> {
  const { fs } = options;
  const name = basename(path);
  const offset = offsetOfFileName(name.slice(0, 20), '') ?? 0;
  if (name === fileName(offset, SUFFIX.log)) yield* dumpSegment(path, offset, options);
  else if (name.endsWith('.checkpoint')) yield* dumpSnapshot(fs.readFile(path), options);
  else if (name.endsWith(SUFFIX.timeIndex)) yield* dumpTimes(TimeIndex.from(offset, fs.readFile(path)));
  else if (name.endsWith(SUFFIX.transactionIndex)) yield* dumpAborted(TransactionIndex.from(fs.readFile(path), offset));
  else if (name.endsWith(SUFFIX.transactionChecksum)) yield { kind: 'line', text: fs.readFile(path).toString('hex') };
  else if (name.endsWith(SUFFIX.offsetIndex)) yield* dumpOffsets(OffsetIndex.from(offset, fs.readFile(path), Infinity));
  else if (name.endsWith(SUFFIX.snapshot)) yield* dumpProducers(fs.readFile(path));
  else for (const text of fs.readFile(path).toString('utf8').split('\n')) if (text !== '') yield { kind: 'line', text };
}

const UNREADABLE: Item = { kind: 'damage', problem: 'its entries cannot be those of an index' };

function* dumpSegment(path: string, baseOffset: number, options: DumpOptions): Generator<Item, void, undefined> {
  const file = options.fs.open(path);
  try {
    for (const stretch of survivingBatches(file, baseOffset)) {
      if (stretch.kind === 'batch') yield* dumpBatch(stretch.batch, stretch.position, options);
      else yield stretch;
    }
  } finally {
    file.close();
  }
}

function* dumpSnapshot(content: Buffer, options: DumpOptions): Generator<Item, void, undefined> {
  const { batches, problem } = scanBatches(content);
  let position = 0;
  for (const batch of batches) {
    yield* dumpBatch(batch, position, options);
    position += batch.sizeInBytes;
  }
  if (problem !== null) yield { kind: 'damage', position: problem.at, problem: problem.message };
}

function* dumpBatch(
  batch: RecordBatch,
  position: number,
  { withRecords, decode }: DumpOptions,
): Generator<Item, void, undefined> {
  yield {
    kind: 'batch',
    position,
    bytes: batch.sizeInBytes,
    baseOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
    records: batch.recordCount,
    leaderEpoch: batch.partitionLeaderEpoch,
    timestampType: batch.timestampType,
    maxTimestamp: batch.maxTimestamp,
    compression: batch.compressionType,
    ...(batch.producerId >= 0 && {
      producerId: batch.producerId,
      producerEpoch: batch.producerEpoch,
      baseSequence: batch.baseSequence,
    }),
    ...(batch.isTransactional && { isTransactional: true }),
    ...(batch.isControl && { isControl: true }),
    ...(batch.deleteHorizonMs !== null && { deleteHorizonMs: batch.deleteHorizonMs }),
    ...(!batch.isValid() && { problem: 'the crc does not match' }),
  };
  if (!withRecords) return;
  try {
    for (const { offset, timestampMs, key, value, headers } of recordsOf(batch, { maxBytes: MAX_DECOMPRESSED_BYTES })) {
      const content = decode === undefined ? { key, value } : { content: decode(key, value, batch.isControl) };
      yield { kind: 'record', offset, timestampMs, ...content, ...(headers.length > 0 && { headers }) };
    }
  } catch (error) {
    yield { kind: 'damage', position, problem: (error as Error).message };
  }
}

function* dumpOffsets(index: OffsetIndex | undefined): Generator<Item, void, undefined> {
  if (index === undefined) return yield UNREADABLE;
  for (let entry = 0; entry < index.count; entry++)
    yield { kind: 'entry', offset: index.offsetAt(entry), position: index.positionAt(entry) };
}

function* dumpTimes(index: TimeIndex | undefined): Generator<Item, void, undefined> {
  if (index === undefined) return yield UNREADABLE;
  for (let entry = 0; entry < index.count; entry++)
    yield { kind: 'entry', timestampMs: index.timestampAt(entry), offset: index.offsetAt(entry) };
}

function* dumpAborted(index: TransactionIndex | undefined): Generator<Item, void, undefined> {
  if (index === undefined) return yield UNREADABLE;
  for (let entry = 0; entry < index.count; entry++) yield { kind: 'aborted', ...index.at(entry) };
}

function* dumpProducers(content: Buffer): Generator<Item, void, undefined> {
  const entries = decodeProducerSnapshot(content);
  if (typeof entries === 'string') return yield { kind: 'damage', problem: entries };
  for (const { batches, ...entry } of entries) yield { kind: 'producer', ...entry, ...batches.at(-1) };
}
