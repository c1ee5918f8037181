import { expect, test } from '@jest/globals';
import { ConsumerProtocolSubscription } from './messages/index.ts';
import { decodeVersioned, encodeVersioned } from './versioned.ts';
import { WireError } from './wire-error.ts';

test('a version precedes the message', () => {
  const bytes = encodeVersioned(ConsumerProtocolSubscription, 0, { topics: ['orders'], userData: null });
  expect(bytes.toString('hex')).toBe('0000' + '00000001' + '0006' + '6f7264657273' + 'ffffffff');
  expect(decodeVersioned(ConsumerProtocolSubscription, bytes)).toMatchObject({
    version: 0,
    value: { topics: ['orders'], userData: null, ownedPartitions: [] },
  });
});

test('a version not known is refused', () => {
  expect(() => decodeVersioned(ConsumerProtocolSubscription, Buffer.from('0063', 'hex'))).toThrow(WireError);
  expect(() => decodeVersioned(ConsumerProtocolSubscription, Buffer.from('00', 'hex'))).toThrow(WireError);
});
