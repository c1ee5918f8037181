import { describe, expect, test } from '@jest/globals';
import { ZERO_UUID } from '../base/index.ts';
import { groupRecordSerializer } from './group-record-serializer.ts';
import type { GroupRecord } from './group-records.ts';
import { NO_PRODUCER, subscription } from './simulated-groups.check.ts';

const toRecord = (record: GroupRecord) => groupRecordSerializer.toRecord(record);
const fromRecord = (key: Buffer, value: Buffer | null, origin = NO_PRODUCER) =>
  groupRecordSerializer.fromRecord(key, value, origin);
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** Key and value as Apache Kafka 4.3.0 wrote them to `__consumer_offsets`, and what they say. */
const written: readonly [what: string, key: string, value: string | null, record: GroupRecord][] = [
  [
    'a new group',
    '0002000167',
    '0003000000000000ffffffff000001a20129411900000000',
    {
      type: 'groupMetadata',
      groupId: 'g',
      value: {
        protocolType: '',
        generation: 0,
        protocol: null,
        leader: null,
        currentStateTimestamp: 0x1a201294119,
        members: [],
      },
    },
  ],
  [
    'a generation with its members',
    '000200027331',
    '00030008636f6e73756d657200000001000572616e6765002769312d39666666376532362d363362372d343461322d623135342d643339356530356431623739000001a2012a1c0100000002002769312d39666666376532362d363362372d343461322d623135342d643339356530356431623739000269310002636c000a2f3132372e302e302e31000007d0000027100000000d000000000001000174ffffffff000000026131002769322d61363865333262312d393634392d343665372d386561302d366538336334636233326566000269320002646c000a2f3132372e302e302e31000007d0000027100000000d000000000001000174ffffffff000000026132',
    {
      type: 'groupMetadata',
      groupId: 's1',
      value: {
        protocolType: 'consumer',
        generation: 1,
        protocol: 'range',
        leader: 'i1-9fff7e26-63b7-44a2-b154-d395e05d1b79',
        currentStateTimestamp: 0x1a2012a1c01,
        members: [
          {
            memberId: 'i1-9fff7e26-63b7-44a2-b154-d395e05d1b79',
            groupInstanceId: 'i1',
            clientId: 'cl',
            clientHost: '/127.0.0.1',
            rebalanceTimeout: 2000,
            sessionTimeout: 10_000,
            subscription: subscription(['t']),
            assignment: Buffer.from('a1'),
          },
          {
            memberId: 'i2-a68e32b1-9649-46e7-8ea0-6e83c4cb32ef',
            groupInstanceId: 'i2',
            clientId: 'dl',
            clientHost: '/127.0.0.1',
            rebalanceTimeout: 2000,
            sessionTimeout: 10_000,
            subscription: subscription(['t']),
            assignment: Buffer.from('a2'),
          },
        ],
      },
    },
  ],
  [
    'an offset',
    '000100016700017400000000',
    '00040000000000000005000000030278000001a2012943b40100104386d8a60fae46b49e39a5fd9294e201',
    {
      type: 'offsetCommit',
      groupId: 'g',
      topic: 't',
      partition: 0,
      value: {
        offset: 5,
        leaderEpoch: 3,
        metadata: 'x',
        commitTimestamp: 0x1a2012943b4,
        expireTimestamp: -1,
        topicId: 'Q4bYpg-uRrSeOaX9kpTiAQ',
      },
    },
  ],
  [
    'an offset with a retention of its own',
    '0001000673696d706c6500017400000000',
    '00010000000000000005000178000001a201294412000001a2012acab2',
    {
      type: 'offsetCommit',
      groupId: 'simple',
      topic: 't',
      partition: 0,
      value: {
        offset: 5,
        leaderEpoch: -1,
        metadata: 'x',
        commitTimestamp: 0x1a201294412,
        expireTimestamp: 0x1a2012acab2,
        topicId: ZERO_UUID,
      },
    },
  ],
  [
    'the tombstone of an offset',
    '0001000000017400000000',
    null,
    { type: 'offsetCommit', groupId: '', topic: 't', partition: 0, value: null },
  ],
  ['the tombstone of a group', '00020000', null, { type: 'groupMetadata', groupId: '', value: null }],
];

describe('records of __consumer_offsets', () => {
  test.each(written)(
    '%s is read from the bytes that Kafka writes, and written to the same',
    (_, key, value, record) => {
      expect(fromRecord(hex(key), value === null ? null : hex(value))).toEqual(record);
      const ours = toRecord(record);
      expect([ours.key.toString('hex'), ours.value?.toString('hex') ?? null]).toEqual([key, value]);
    },
  );

  test('an offset of the first brokers (record type 0) is read like any other', () => {
    const value = Buffer.concat([hex('0000'), hex('0000000000000005'), hex('000178'), hex('000001a201294412')]);
    expect(fromRecord(hex('000000016700017400000000'), value)).toMatchObject({
      type: 'offsetCommit',
      groupId: 'g',
      value: { offset: 5, metadata: 'x', leaderEpoch: -1, expireTimestamp: -1 },
    });
  });

  test('an offset of a transaction is told by its batch, and so is the marker that decides on it', () => {
    const [, key = '', value, record] = written.find(([what]) => what === 'an offset') ?? [];
    const producer = { producerId: 7, producerEpoch: 3 };
    const pending = { ...record, type: 'pendingOffset', ...producer } as GroupRecord;
    const origin = { ...producer, isControl: false };
    expect(fromRecord(hex(key), hex(value ?? ''), origin)).toEqual(pending);
    expect(toRecord(pending)).toEqual({ key: hex(key), value: hex(value ?? ''), origin });
    for (const isCommit of [true, false]) {
      const marker: GroupRecord = { type: 'transactionMarker', ...producer, coordinatorEpoch: 5, isCommit };
      const ours = toRecord(marker);
      expect(ours.origin).toEqual({ ...producer, isControl: true });
      expect(fromRecord(ours.key, ours.value, ours.origin)).toEqual(marker);
    }
  });

  test('records of other kinds of groups are left alone', () => {
    expect(fromRecord(hex('000b000167'), hex('000000000001'))).toBeUndefined();
    expect(fromRecord(hex('0015000167'), null)).toBeUndefined();
    expect(fromRecord(hex('00'), null)).toBeUndefined();
  });

  test('bytes that are not what they say are an error', () => {
    expect(() => fromRecord(hex('0002ff'), null)).toThrow();
    expect(() => fromRecord(hex('0002000167'), hex('0063'))).toThrow();
    expect(() => fromRecord(hex('0002000167'), hex('0003000000'))).toThrow();
  });

  test('what is read does not hold on to what it was read from', () => {
    const [, key = '', value] = written[1] ?? [];
    const bytes = hex(value ?? '');
    const record = fromRecord(hex(key), bytes);
    bytes.fill(0);
    expect(record).toEqual(written[1]?.[3]);
  });
});
