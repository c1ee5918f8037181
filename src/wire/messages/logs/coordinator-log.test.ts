import { describe, expect, test } from '@jest/globals';
import { SeededRandom } from '../../../base/index.ts';
import { arbitraryMessage, everyMessage, versionsOf } from '../../arbitrary-message.check.ts';
import { WireError } from '../../wire-error.ts';
import type { ConsumerOffsetsRecord, ShareGroupStateRecord, TransactionStateRecord } from './coordinator-logs.ts';
import { consumerOffsetsLog, shareGroupStateLog, transactionStateLog } from './coordinator-logs.ts';

describe('a committed offset', () => {
  const key = { group: 'g', topic: 'orders', partition: 1 };
  const bytes = Buffer.from('0001' + '000167' + '00066f7264657273' + '00000001', 'hex');

  test('has its record type before the key and its version before the value', () => {
    expect(consumerOffsetsLog.encodeKey('OffsetCommit', key)).toEqual(bytes);
    const value = { offset: 5, leaderEpoch: 2, metadata: 'm', commitTimestamp: 9 };
    expect(consumerOffsetsLog.encodeValue('OffsetCommit', 3, value).toString('hex')).toBe(
      '0003' + '0000000000000005' + '00000002' + '00016d' + '0000000000000009',
    );
  });

  test('is deleted by a tombstone', () => {
    const tombstone = { type: 'OffsetCommit', key, version: 0, value: null } as const;
    expect(consumerOffsetsLog.encode(tombstone)).toEqual({ key: bytes, value: null });
    expect(consumerOffsetsLog.decode(bytes, null)).toEqual(tombstone);
  });
});

test('every record type of every log reads back in every version', () => {
  const logs = [
    { log: consumerOffsetsLog, starts: /^(LegacyOffset|Offset|Group|ConsumerGroup|ShareGroup|StreamsGroup)/ },
    { log: transactionStateLog, starts: /^Transaction/ },
    { log: shareGroupStateLog, starts: /^Share(Snapshot|Update)/ },
  ];
  const keys = everyMessage.filter(({ name }) => name.endsWith('Key'));
  expect(keys).toHaveLength(25);
  for (const key of keys) {
    const type = key.name.slice(0, -'Key'.length);
    const value = everyMessage.find(({ name }) => name === `${type}Value`);
    const log = logs.find(({ starts }) => starts.test(key.name))?.log as typeof consumerOffsetsLog;
    for (const version of value === undefined ? [] : versionsOf(value)) {
      const random = new SeededRandom(version + key.apiKey);
      const record = {
        type,
        key: arbitraryMessage(key, 0, random),
        version,
        value: arbitraryMessage(value as NonNullable<typeof value>, version, random),
      } as unknown as ConsumerOffsetsRecord;
      const { key: keyBytes, value: valueBytes } = log.encode(record);
      expect(keyBytes.readInt16BE()).toBe(key.apiKey);
      expect(valueBytes?.readInt16BE()).toBe(version);
      expect(log.decode(keyBytes, valueBytes)).toEqual(record);
    }
  }
});

describe('what another broker wrote', () => {
  test('a record type not known is told as such, so that loading can go on', () => {
    const key = Buffer.from('0063' + '0001', 'hex');
    const record: TransactionStateRecord | ShareGroupStateRecord | { type: 'Unknown'; recordType: number } =
      transactionStateLog.decode(key, null);
    expect(record).toEqual({ type: 'Unknown', recordType: 99 });
  });

  test('a value version not known and cut bytes are refused', () => {
    const key = transactionStateLog.encodeKey('TransactionLog', { transactionalId: 't' });
    expect(() => transactionStateLog.decode(key, Buffer.from('0009', 'hex'))).toThrow(WireError);
    expect(() => transactionStateLog.decode(key.subarray(0, 4), null)).toThrow(WireError);
    expect(() => transactionStateLog.decode(Buffer.alloc(1), null)).toThrow(WireError);
    expect(() => transactionStateLog.decode(key, Buffer.alloc(0))).toThrow(WireError);
  });
});
