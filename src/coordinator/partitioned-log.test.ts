import { describe, expect, test } from '@jest/globals';
import { SimulatedClock } from '../base/index.ts';
import { batchesOf, buildBatch, endTransactionMarker, controlRecordKey, RecordBatch } from '../wire/records/index.ts';
import type { LogEntry } from './log.ts';
import {
  AppendRefusedError,
  PartitionedLog,
  type CoordinatedPartition,
  type RecordSerializer,
} from './partitioned-log.ts';

interface Entry {
  readonly name: string;
  readonly value: string | null;
}

const serializer: RecordSerializer<Entry> = {
  toRecord: ({ name, value }) => ({ key: Buffer.from(name), value: value === null ? null : Buffer.from(value) }),
  fromRecord: (key, value) =>
    key[0] === 0x23 ? undefined : { name: key.toString(), value: value === null ? null : value.toString() },
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

  test('skips transaction markers and records of a kind it does not know', () => {
    const partition = new MemoryPartition();
    const log = new PartitionedLog(partition, serializer, new SimulatedClock());
    log.append([{ name: '#later', value: 'x' }]);
    partition.append(
      buildBatch({
        baseOffset: 0,
        isControl: true,
        isTransactional: true,
        producerId: 7,
        producerEpoch: 0,
        records: [{ timestampMs: 0, key: controlRecordKey('COMMIT'), value: endTransactionMarker(0) }],
      }),
    );
    log.append([{ name: 'a', value: '1' }]);
    expect(readAll(log).map(({ at }) => at.offset)).toEqual([2]);
  });

  test('tells who wrote a transactional batch', () => {
    const partition = new MemoryPartition();
    partition.append(
      buildBatch({
        baseOffset: 0,
        isTransactional: true,
        producerId: 7,
        producerEpoch: 3,
        baseSequence: 0,
        records: [{ timestampMs: 0, key: Buffer.from('a'), value: null }],
      }),
    );
    const log = new PartitionedLog(partition, serializer, new SimulatedClock());
    expect(readAll(log)[0]?.at).toEqual({ offset: 0, producerId: 7, producerEpoch: 3 });
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
