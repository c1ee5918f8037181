import { describe, expect, test } from '@jest/globals';
import { InvariantError, SeededRandom } from '../base/index.ts';
import { defaults } from '../wire/index.ts';
import {
  AccessControlEntryRecord,
  decodeMetadataRecord,
  PartitionChangeRecord,
  PartitionRecord,
  RegisterControllerRecord,
} from '../wire/messages/index.ts';
import { ConfigResourceType } from './configs.ts';
import { MetadataDelta } from './delta.ts';
import { emptyImage, type MetadataImage } from './image.ts';
import { ImmutableMap } from './immutable-map.ts';
import { encodeRecord, type MetadataRecord } from './record.ts';
import { recordsOfImage } from './snapshot-records.ts';
import { decodeSnapshot, encodeSnapshot } from './snapshot.ts';
import { isValidTopicName } from './topic-name.ts';
import { TransactionFilter } from './transaction-filter.ts';

const id = (n: number): string => `topic-id-${n}`.padEnd(21, 'A') + 'A';
const topic = (n: number, name = `topic-${n}`): MetadataRecord => ({
  type: 'TopicRecord',
  value: { name, topicId: id(n) },
});
const partition = (n: number, partitionId = 0): MetadataRecord => ({
  type: 'PartitionRecord',
  value: {
    ...defaults(PartitionRecord, 2),
    topicId: id(n),
    partitionId,
    replicas: [1],
    isr: [1],
    leader: 1,
    leaderEpoch: 0,
    partitionEpoch: 0,
  },
});
const change = (n: number, what: Partial<PartitionChangeRecord>): MetadataRecord => ({
  type: 'PartitionChangeRecord',
  value: { ...defaults(PartitionChangeRecord, 2), topicId: id(n), partitionId: 0, ...what },
});
const config = (name: string, key: string, value: string | null): MetadataRecord => ({
  type: 'ConfigRecord',
  value: { resourceType: ConfigResourceType.topic, resourceName: name, name: key, value },
});

function apply(image: MetadataImage, ...records: MetadataRecord[]): { delta: MetadataDelta; image: MetadataImage } {
  const delta = new MetadataDelta(image);
  for (const record of records) delta.add(record);
  return { delta, image: delta.apply({ offset: image.position.offset + records.length, epoch: 1 }) };
}

const start = emptyImage('EQwzzqGbRfymgv3BSpszpw');

describe('a delta', () => {
  test('says which topics are new, changed and gone', () => {
    const first = apply(start, topic(1), partition(1), topic(2), partition(2), topic(3), partition(3)).image;
    const { delta } = apply(
      first,
      topic(4),
      partition(4),
      change(1, { leader: -1 }),
      { type: 'RemoveTopicRecord', value: { topicId: id(2) } },
      topic(5),
      { type: 'RemoveTopicRecord', value: { topicId: id(5) } },
    );
    expect(delta.topics.deleted.map(({ name }) => name)).toEqual(['topic-2']);
    expect(delta.topics.changed.map(({ before, after }) => [before?.name, after.name])).toEqual([
      [undefined, 'topic-4'],
      ['topic-1', 'topic-1'],
    ]);
    expect(delta.topics.changed[1]?.partitions.map(({ leader, leaderEpoch }) => [leader, leaderEpoch])).toEqual([
      [-1, 1],
    ]);
  });

  test('leaves the image it came from as it was', () => {
    const before = apply(start, topic(1), partition(1), config('topic-1', 'retention.ms', '1')).image;
    const after = apply(before, change(1, { leader: 2 }), config('topic-1', 'retention.ms', null)).image;
    expect([before, after].map(({ topics }) => topics.partition('topic-1', 0)?.leader)).toEqual([1, 2]);
    expect([before, after].map(({ configs }) => configs.of(ConfigResourceType.topic, 'topic-1').size)).toEqual([1, 0]);
  });

  test('raises the leader epoch for a new leader only, the partition epoch for any change', () => {
    const before = apply(start, topic(1), partition(1)).image;
    const after = apply(before, change(1, { isr: [] }), change(1, { leader: 1 })).image.topics.partition('topic-1', 0);
    expect(after).toMatchObject({ leaderEpoch: 1, partitionEpoch: 2, isr: [] });
  });

  test('lets a name be used again at once', () => {
    const before = apply(start, topic(1, 'orders'), partition(1)).image;
    const { image, delta } = apply(
      before,
      { type: 'RemoveTopicRecord', value: { topicId: id(1) } },
      topic(2, 'orders'),
      partition(2),
    );
    expect(image.topics.byName('orders')?.id).toBe(id(2));
    expect([image.topics.size, delta.topics.deleted.length, delta.topics.changed.length]).toEqual([1, 1, 1]);
  });

  test('takes partitions in any order, but no gap', () => {
    expect(
      apply(start, topic(1), partition(1, 1), partition(1, 0)).image.topics.byName('topic-1')?.partitions,
    ).toHaveLength(2);
    expect(() => apply(start, topic(1), partition(1, 1))).toThrow(InvariantError);
  });

  test('refuses what cannot be', () => {
    expect(() => apply(start, partition(1))).toThrow(InvariantError);
    expect(() => apply(start, topic(1), topic(1))).toThrow(InvariantError);
    expect(() => apply(start, topic(1), change(1, { leader: 1 }))).toThrow(InvariantError);
    expect(() => apply(start, { type: 'FenceBrokerRecord', value: { id: 9, epoch: 1 } })).toThrow(InvariantError);
  });

  test('keeps what is not served yet, a controller once', () => {
    const acl: MetadataRecord = { type: 'AccessControlEntryRecord', value: defaults(AccessControlEntryRecord, 0) };
    const controller = (port: number): MetadataRecord => ({
      type: 'RegisterControllerRecord',
      value: {
        ...defaults(RegisterControllerRecord, 0),
        controllerId: 1,
        endPoints: [{ name: 'CONTROLLER', host: 'localhost', port, securityProtocol: 0 }],
      },
    });
    const { image } = apply(start, controller(1), acl, controller(2));
    expect(image.others).toEqual([acl, controller(2)]);
    expect([...recordsOfImage(image)]).toEqual([acl, controller(2)]);
  });
});

test('a snapshot gives the image back, and no byte of it can be lost or changed unnoticed', () => {
  const records = Array.from({ length: 30 }, (_, n) => [
    topic(n),
    config(`topic-${n}`, 'retention.ms', '1'),
    partition(n),
  ]);
  const { image } = apply(start, ...records.flat());
  const content = encodeSnapshot(recordsOfImage(image), { epoch: 3, lastTimestampMs: 77, now: 78 });
  const snapshot = decodeSnapshot('a.checkpoint', content);
  expect(snapshot.lastTimestampMs).toBe(77);
  const again = apply(start, ...snapshot.records).image;
  expect([...again.topics]).toEqual([...image.topics]);
  expect(new Map([...again.configs].map(([{ name }, values]) => [name, values]))).toEqual(
    new Map([...image.configs].map(([{ name }, values]) => [name, values])),
  );
  const random = new SeededRandom(5);
  for (let i = 0; i < 60; i++) {
    expect(() => decodeSnapshot('cut', content.subarray(0, random.below(content.length)))).toThrow();
    const flipped = Buffer.from(content);
    // Base offset and leader epoch lie outside the crc.
    const at = 16 + random.below(30);
    flipped[at] = (flipped[at] as number) ^ (1 << random.below(8));
    expect(() => decodeSnapshot('flipped', flipped)).toThrow();
  }
});

test('a record is written in the version that Kafka 4.3 gives it', () => {
  const versions = [topic(1), partition(1), change(1, {}), config('a', 'b', 'c')].map(
    (record) => decodeMetadataRecord(encodeRecord(record)).version,
  );
  expect(versions).toEqual([0, 2, 2, 0]);
});

test('of a metadata transaction all counts or nothing', () => {
  const begin: MetadataRecord = { type: 'BeginTransactionRecord', value: { name: 'a' } };
  const end: MetadataRecord = { type: 'EndTransactionRecord', value: {} };
  const abort: MetadataRecord = { type: 'AbortTransactionRecord', value: { reason: null } };
  const filter = new TransactionFilter();
  const passed = (...records: MetadataRecord[]): MetadataRecord[] => [...filter.pass(records)];
  expect(passed(topic(1), begin, topic(2))).toEqual([topic(1)]);
  expect(filter.isOpen).toBe(true);
  expect(passed(topic(3), end, topic(4))).toEqual([topic(2), topic(3), topic(4)]);
  expect(passed(begin, topic(5), abort, topic(6))).toEqual([topic(6)]);
  expect(filter.isOpen).toBe(false);
});

test('an immutable map is a map, and its earlier states stay', () => {
  const random = new SeededRandom(3);
  let map = ImmutableMap.empty<number>();
  const model = new Map<string, number>();
  const earlier: [ImmutableMap<number>, Map<string, number>][] = [];
  for (let i = 0; i < 3000; i++) {
    const key = `key-${random.below(600)}`;
    if (random.chance(60)) {
      map = map.set(key, i);
      model.set(key, i);
    } else {
      map = map.delete(key);
      model.delete(key);
    }
    if (i % 300 === 0) earlier.push([map, new Map(model)]);
  }
  earlier.push([map, model]);
  for (const [state, expected] of earlier) {
    expect(state.size).toBe(expected.size);
    expect(new Map(state.entries())).toEqual(expected);
    for (const [key, value] of expected) expect(state.get(key)).toBe(value);
  }
});

test('names that clients may give a topic', () => {
  for (const name of ['a', 'a.b', '__x', 'A-9', 'x'.repeat(249)])
    expect([name, isValidTopicName(name)]).toEqual([name, true]);
  for (const name of ['', '.', '..', 'a b', 'ä', 'a/b', 'x'.repeat(250)])
    expect([name, isValidTopicName(name)]).toEqual([name, false]);
});
