import { SeededRandom } from '../../src/base/index.ts';
import type { LogConfig, PartitionLog } from '../../src/storage/index.ts';
import {
  buildBatch,
  COMPRESSION_TYPES,
  controlRecordKey,
  endTransactionMarker,
  type BatchInput,
  type RecordInput,
} from '../../src/wire/records/index.ts';

/** What one topic is about: what is written to it, and how it is compacted. */
export interface Scenario {
  readonly topic: string;
  /** Of the topic, for both brokers. */
  readonly configs: Readonly<Record<string, string>>;
  /** For writing, over what `configs` say. */
  readonly written?: Partial<LogConfig>;
  /** Appends one thing: a batch, or a batch and a marker. */
  readonly step: (writer: Writer, step: number) => void;
}

const KEEPS = { 'delete.retention.ms': '86400000' };
const DROPS = { 'delete.retention.ms': '1' };

/** Appends batches to a log, with times that rise a little and now and then go back. */
export class Writer {
  readonly random: SeededRandom;
  readonly #log: PartitionLog;
  #nowMs: number;
  readonly sequences: Map<number, number>;

  constructor(log: PartitionLog, random: SeededRandom, nowMs: number, sequences: Map<number, number>) {
    this.#log = log;
    this.random = random;
    this.#nowMs = nowMs;
    this.sequences = sequences;
  }

  batch(records: readonly RecordInput[], input: Partial<BatchInput> = {}): void {
    this.append(buildBatch({ baseOffset: 0, records, ...input }));
  }

  append(batch: Buffer): void {
    const isControl = (batch.readInt16BE(21) & 0x20) !== 0;
    const result = this.#log.append(batch, { leaderEpoch: 0, origin: isControl ? 'coordinator' : 'client' });
    if (result.kind === 'refused') throw new Error(`${result.errorCode} ${result.errorMessage}`);
  }

  marker(type: 'ABORT' | 'COMMIT', producerId: number): void {
    const record = { timestampMs: this.#tick(), key: controlRecordKey(type), value: endTransactionMarker(0) };
    this.batch([record], { producerId, producerEpoch: 0, isTransactional: true, isControl: true });
  }

  /** Records with some of `keys` keys, one in `tombstones` hundred of them a tombstone. */
  records(keys: number, tombstones = 10, most = 5): RecordInput[] {
    return Array.from({ length: 1 + this.random.below(most) }, () => ({
      timestampMs: this.#tick() - (this.random.chance(10) ? this.random.below(5000) : 0),
      key: Buffer.from(`key ${this.random.below(keys)}`),
      value: this.random.chance(tombstones)
        ? null
        : Buffer.from(`value ${this.random.below(1e9)} ${'.'.repeat(this.random.below(80))}`),
      headers: this.random.chance(20) ? [{ key: 'header', value: Buffer.from('h') }] : [],
    }));
  }

  /** The fields of an idempotent producer's next batch. */
  next(producerId: number, records: readonly RecordInput[]): Partial<BatchInput> {
    const baseSequence = this.sequences.get(producerId) ?? 0;
    this.sequences.set(producerId, baseSequence + records.length);
    return { producerId, producerEpoch: 0, baseSequence };
  }

  #tick(): number {
    return (this.#nowMs += this.random.below(3));
  }
}

const open = new Map<string, Set<number>>();

export const scenarios: readonly Scenario[] = [
  {
    topic: 'plain',
    configs: KEEPS,
    step: (writer) => writer.batch(writer.records(40)),
  },
  {
    topic: 'few-keys',
    configs: KEEPS,
    step: (writer) => writer.batch(writer.records(3, 30, 1)),
  },
  {
    topic: 'tombstones',
    configs: DROPS,
    step: (writer) => writer.batch(writer.records(40, 50)),
  },
  {
    topic: 'packed',
    configs: DROPS,
    step: (writer, step) =>
      writer.batch(writer.records(60, 20, 20), { compressionType: COMPRESSION_TYPES[step % 5] ?? 'none' }),
  },
  {
    topic: 'append-time',
    configs: { ...KEEPS, 'message.timestamp.type': 'LogAppendTime' },
    step: (writer) => writer.batch(writer.records(40)),
  },
  {
    topic: 'keyless',
    configs: KEEPS,
    // As when the topic becomes a compacted one later.
    written: { cleanupPolicy: { delete: true, compact: false } },
    step: (writer) => {
      const records = writer.records(30);
      for (const record of records) if (writer.random.chance(30)) record.key = null;
      writer.batch(records);
    },
  },
  {
    topic: 'producers',
    configs: DROPS,
    step: (writer) => {
      const records = writer.records(4, 20);
      writer.batch(records, writer.next(1000 + writer.random.below(6), records));
    },
  },
  {
    topic: 'small-indexes',
    configs: { ...KEEPS, 'segment.index.bytes': '120' },
    step: (writer) => writer.batch(writer.records(200)),
  },
  ...(['transactions', 'old-markers'] as const).map((topic): Scenario => ({
    topic,
    configs: topic === 'transactions' ? KEEPS : DROPS,
    step: (writer) => {
      const ongoing = open.get(topic) ?? new Set<number>();
      open.set(topic, ongoing);
      const records = writer.records(20, 20);
      if (writer.random.chance(20)) writer.batch(records);
      else {
        const producerId = 2000 + writer.random.below(4);
        writer.batch(records, { ...writer.next(producerId, records), isTransactional: true });
        ongoing.add(producerId);
      }
      if (ongoing.size > 0 && writer.random.chance(40)) end(writer, ongoing, writer.random.pick([...ongoing]));
    },
  })),
];

function end(writer: Writer, ongoing: Set<number>, producerId: number): void {
  writer.marker(writer.random.chance(40) ? 'ABORT' : 'COMMIT', producerId);
  ongoing.delete(producerId);
}

/** Ends the transactions that are open, so that nothing holds compaction back. */
export function endAll(writer: Writer, topic: string): void {
  const ongoing = open.get(topic) ?? new Set<number>();
  for (const producerId of [...ongoing]) end(writer, ongoing, producerId);
}
