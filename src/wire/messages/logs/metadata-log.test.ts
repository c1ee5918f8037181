import { expect, test } from '@jest/globals';
import { SeededRandom } from '../../../base/index.ts';
import { arbitraryMessage, everyMessage, versionsOf } from '../../arbitrary-message.check.ts';
import { WireError } from '../../wire-error.ts';
import { decodeMetadataRecord, encodeMetadataRecord } from './metadata-log.ts';
import { NoOpRecord, TopicRecord } from './index.ts';

test('framing version, type and version precede a record', () => {
  const bytes = encodeMetadataRecord(TopicRecord, 0, { name: 'orders', topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' });
  expect(bytes.toString('hex')).toBe('01' + '02' + '00' + '07' + '6f7264657273' + '0'.repeat(30) + '01' + '00');
  expect(encodeMetadataRecord(NoOpRecord, 0, {}).toString('hex')).toBe('01140000');
});

test('every metadata record reads back in every version', () => {
  const coordinators = /^(RequestHeader|ResponseHeader|SnapshotHeader|SnapshotFooter|KRaftVersion|Voters)/;
  const messages = everyMessage.filter(({ name }) => name.endsWith('Record') && !coordinators.test(name));
  expect(messages).toHaveLength(26);
  for (const message of messages) {
    for (const version of versionsOf(message)) {
      const value = arbitraryMessage(message, version, new SeededRandom(version + message.apiKey));
      const bytes = encodeMetadataRecord(message as typeof TopicRecord, version, value as TopicRecord);
      expect(decodeMetadataRecord(bytes)).toEqual({ type: message.name, version, value });
    }
  }
});

test('what cannot be read for certain is refused', () => {
  const refuse = (hex: string, why: string): void => {
    expect(() => decodeMetadataRecord(Buffer.from(hex, 'hex'))).toThrow(WireError);
    expect(() => decodeMetadataRecord(Buffer.from(hex, 'hex'))).toThrow(why);
  };
  refuse('02140000', 'framing version 2');
  refuse('01630000', 'unknown type 99');
  refuse('01140900', 'not 9');
  refuse('0114000000', '1 bytes left over');
  refuse('', 'bytes wanted');
});
