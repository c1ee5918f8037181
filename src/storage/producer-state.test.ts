import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../wire/index.ts';
import { append, LogFixture, refuse } from './log-fixture.ts';
import { decodeProducerSnapshot, encodeProducerSnapshot } from './producer-snapshot.ts';
import { ProducerStates } from './producer-state.ts';

function producing() {
  const kit = new LogFixture();
  const log = kit.open();
  const send = (baseSequence: number, count = 1, producerEpoch = 0) =>
    kit.batch(
      Array.from({ length: count }, (_, i) => `v${baseSequence + i}`),
      { producerId: 7, producerEpoch, baseSequence },
    );
  return { kit, log, send };
}

describe('an idempotent producer', () => {
  test('may send its last five batches again and gets the original offsets', () => {
    const { log, send } = producing();
    for (let i = 0; i < 7; i++) append(log, send(i * 2, 2));
    expect(append(log, send(4, 2))).toMatchObject({ isDuplicate: true, baseOffset: 4, lastOffset: 5 });
    expect(append(log, send(12, 2))).toMatchObject({ isDuplicate: true, baseOffset: 12 });
    expect(log.logEndOffset).toBe(14);
    expect(refuse(log, send(2, 2)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  });

  test('a batch with only the same first or last sequence is no duplicate', () => {
    const { log, send } = producing();
    append(log, send(0, 3));
    expect(refuse(log, send(0, 2)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    expect(refuse(log, send(1, 2)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  });

  test('a gap is refused', () => {
    const { log, send } = producing();
    append(log, send(0));
    expect(refuse(log, send(2)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    expect(append(log, send(1)).baseOffset).toBe(1);
  });

  test('that is not known may begin anywhere', () => {
    const { log, send } = producing();
    expect(append(log, send(42)).baseOffset).toBe(0);
    expect(append(log, send(43)).baseOffset).toBe(1);
  });

  test('begins a new epoch at sequence 0, and the old epoch is over', () => {
    const { log, send } = producing();
    append(log, send(0));
    expect(refuse(log, send(1, 1, 1)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    expect(append(log, send(0, 1, 1)).isDuplicate).toBe(false);
    expect(refuse(log, send(1, 1, 0)).errorCode).toBe(ErrorCode.INVALID_PRODUCER_EPOCH);
  });

  test('counts on from 0 after 2^31-1, also within a batch', () => {
    const { log, send } = producing();
    const max = 2 ** 31 - 1;
    append(log, send(max - 1, 2));
    expect(append(log, send(0)).baseOffset).toBe(2);
    const other = producing();
    append(other.log, other.send(max, 3));
    expect(append(other.log, other.send(max, 3))).toMatchObject({ isDuplicate: true, baseOffset: 0 });
    expect(append(other.log, other.send(2)).baseOffset).toBe(3);
  });

  test('is forgotten after producer.id.expiration.ms of silence, but not with a transaction open', () => {
    const { kit, log, send } = producing();
    append(log, send(0));
    append(log, kit.batch(['t'], { producerId: 8, producerEpoch: 0, baseSequence: 0, isTransactional: true }));
    kit.clock.advance(86_400_000);
    log.expireProducers(kit.clock.now() - 1);
    expect(log.producers.length).toBe(2);
    log.expireProducers(kit.clock.now());
    expect(log.producers.length).toBe(1);
    expect(append(log, send(9)).isDuplicate).toBe(false);
  });

  test('with a transaction open writes nothing outside of it', () => {
    const { kit, log } = producing();
    append(log, kit.batch(['t'], { producerId: 8, producerEpoch: 0, baseSequence: 0, isTransactional: true }));
    const outside = kit.batch(['u'], { producerId: 8, producerEpoch: 0, baseSequence: 1 });
    expect(refuse(log, outside).errorCode).toBe(ErrorCode.INVALID_TXN_STATE);
  });

  test('is still known after a clean stop, a crash, a cut, and a roll', () => {
    for (const cleanShutdown of [true, false]) {
      const { kit, send } = producing();
      const log = kit.open({ segmentBytes: 200 });
      for (let i = 0; i < 6; i++) append(log, send(i));
      kit.endTurn();
      if (cleanShutdown) log.close();
      const again = kit.open({ segmentBytes: 200 }, { cleanShutdown });
      expect(again.logEndOffset).toBe(6);
      expect(append(again, send(5)).isDuplicate).toBe(true);
      expect(refuse(again, send(7)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
      again.truncateTo(3);
      expect(append(again, send(3))).toMatchObject({ isDuplicate: false, baseOffset: 3 });
    }
  });
});

describe('a producer snapshot', () => {
  const entry = {
    producerId: 2,
    producerEpoch: 3,
    coordinatorEpoch: 0,
    lastTimestampMs: 1_700_000_000_000,
    currentTransactionFirstOffset: 36,
    batches: [{ lastSequence: 5, lastOffset: 36, offsetDelta: 2, timestampMs: 1_700_000_000_000 }],
  };
  const idle = { ...entry, producerId: 9, currentTransactionFirstOffset: -1, batches: [] };

  test('holds what was put in', () => {
    const decoded = decodeProducerSnapshot(encodeProducerSnapshot([entry, idle]));
    expect(decoded).toEqual([entry, idle]);
    if (typeof decoded === 'string') throw new Error(decoded);
    const states = new ProducerStates(37, decoded);
    expect(states.firstOpenOffset()).toBe(36);
  });

  test('every flipped byte and every cut is noticed', () => {
    const bytes = encodeProducerSnapshot([entry, idle]);
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] as number) ^ 0x10;
      expect(typeof decodeProducerSnapshot(flipped)).toBe('string');
      expect(typeof decodeProducerSnapshot(bytes.subarray(0, at))).toBe('string');
    }
  });

  test('is the same bytes that Apache Kafka writes', () => {
    // txn-0 of a 4.3.0 broker: one producer between transactions, one within.
    const hex =
      '0001901dd45f0000000200000000000000020003ffffffffffffffffffffffff00000000000001a2011882ce00000000ffffffffffffffff' +
      '0000000000000003000300000000000000000000002400000000000001a2011883ff000000000000000000000024';
    const entries = decodeProducerSnapshot(Buffer.from(hex, 'hex'));
    if (typeof entries === 'string') throw new Error(entries);
    expect(encodeProducerSnapshot(entries).toString('hex')).toBe(hex);
  });
});
