import { describe, expect, test } from '@jest/globals';
import { SimulatedClock } from '../base/index.ts';
import { batchesOf, endTransactionMarker, controlRecordKey, RecordBatch } from '../wire/records/index.ts';
import type { LogEntry } from './log.ts';
import {
  AppendRefusedError,
  PartitionedLog,
  type CoordinatedPartition,
  type RecordOrigin,
  type RecordSerializer,
} from './partitioned-log.ts';

interface Entry {
  readonly name: string;
  readonly value: string | null;
  /** The producer and whether the entry ends its transaction. */
  readonly by?: RecordOrigin;
}

const serializer: RecordSerializer<Entry> = {
  toRecord: ({ name, value, by }) => ({
    key: by?.isControl === true ? controlRecordKey('COMMIT') : Buffer.from(name),
    value: by?.isControl === true ? endTransactionMarker(0) : value === null ? null : Buffer.from(value),
    ...(by && { origin: by }),
  }),
  fromRecord(key, value, origin) {
    const by = origin.producerId < 0 ? {} : { by: origin };
    if (origin.isControl) return { name: 'marker', value: null, ...by };
    if (key[0] === 0x23) return undefined;
    return { name: key.toString(), value: value === null ? null : value.toString(), ...by };
  },
};

class MemoryPartition implements CoordinatedPartition {
  readonly written: RecordBatch[] = [];
  highWatermark = 0;
  refusesAt = Infinity;
  listener: () => void = () => {};
  readonly log = {
    logStartOffset: 0,
    logEndOffset: 0,
    config: { maxMessageBytes: 300 },
    batches: (): Iterable<RecordBatch> => this.written,
  };

  append(records: Buffer): ReturnType<CoordinatedPartition['append']> {
    if (this.written.length >= this.refusesAt) return { kind: 'refused', errorCode: 56, errorMessage: 'no disk' };
    const [batch] = batchesOf(records);
    if (batch === undefined) throw new Error('no batch');
    const baseOffset = this.log.logEndOffset;
    batch.setBaseOffset(baseOffset);
    this.written.push(batch);
    this.log.logEndOffset = batch.nextOffset;
    return { kind: 'appended', baseOffset, lastOffset: batch.lastOffset };
  }
  onAdvance(listener: () => void): () => void {
    this.listener = listener;
    return () => (this.listener = () => {});
  }
}

const readAll = (log: PartitionedLog<Entry>): LogEntry<Entry>[] => [...log.read()].flat();

describe('a log on a partition', () => {
  test('gives back what was appended, tombstones too', () => {
    const log = new PartitionedLog(new MemoryPartition(), serializer, new SimulatedClock());
    expect(log.append([{ name: 'a', value: '1' }])).toBe(1);
    expect(
      log.append([
        { name: 'b', value: '2' },
        { name: 'a', value: null },
      ]),
    ).toBe(3);
    expect(readAll(log).map(({ at, record }) => [at.offset, record.name, record.value])).toEqual([
      [0, 'a', '1'],
      [1, 'b', '2'],
      [2, 'a', null],
    ]);
  });

  test('makes no batch larger than max.message.bytes', () => {
    const partition = new MemoryPartition();
    const log = new PartitionedLog(partition, serializer, new SimulatedClock());
    const entries = Array.from({ length: 50 }, (_, i) => ({ name: `name-${i}`, value: 'x'.repeat(i) }));
    expect(log.append(entries)).toBe(50);
    expect(partition.written.length).toBeGreaterThan(5);
    for (const batch of partition.written) expect(batch.sizeInBytes).toBeLessThanOrEqual(300);
    expect(readAll(log).map(({ record }) => record)).toEqual(entries);
  });

  test('skips records of a kind it does not know', () => {
    const log = new PartitionedLog(new MemoryPartition(), serializer, new SimulatedClock());
    log.append([
      { name: '#later', value: 'x' },
      { name: 'a', value: '1' },
    ]);
    expect(readAll(log).map(({ at }) => at.offset)).toEqual([1]);
  });

  test('writes records of transactions in batches of their producers, and markers apart', () => {
    const partition = new MemoryPartition();
    const log = new PartitionedLog(partition, serializer, new SimulatedClock());
    const by = (producerId: number, isControl = false): RecordOrigin => ({ producerId, producerEpoch: 3, isControl });
    const entries: Entry[] = [
      { name: 'a', value: '1' },
      { name: 'b', value: '2', by: by(7) },
      { name: 'c', value: '3', by: by(7) },
      { name: 'd', value: '4', by: by(8) },
      { name: 'marker', value: null, by: by(7, true) },
      { name: 'marker', value: null, by: by(8, true) },
      { name: 'e', value: '5' },
    ];
    expect(log.append(entries)).toBe(7);
    const batches = partition.written.map(({ producerId, recordCount, isTransactional, isControl }) => [
      producerId,
      recordCount,
      isTransactional,
      isControl,
    ]);
    expect(batches).toEqual([
      [-1, 1, false, false],
      [7, 2, true, false],
      [8, 1, true, false],
      [7, 1, true, true],
      [8, 1, true, true],
      [-1, 1, false, false],
    ]);
    expect(readAll(log).map(({ record }) => record)).toEqual(entries);
  });

  test('throws what Kafka would answer when the partition refuses', () => {
    const partition = new MemoryPartition();
    partition.refusesAt = 0;
    const log = new PartitionedLog(partition, serializer, new SimulatedClock());
    expect(() => log.append([{ name: 'a', value: '1' }])).toThrow(AppendRefusedError);
  });

  test('tells of the high watermark when it moves, until no longer wanted', () => {
    const partition = new MemoryPartition();
    const log = new PartitionedLog(partition, serializer, new SimulatedClock());
    const told: number[] = [];
    const stop = log.onCommitted((offset) => told.push(offset));
    partition.highWatermark = 5;
    partition.listener();
    stop();
    partition.listener();
    expect(told).toEqual([5]);
  });
});
