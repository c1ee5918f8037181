/** Transactions through the front door: what a producer and the readers of its topics see. */
import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../src/wire/index.ts';
import { batchesOf, recordsOf } from '../src/wire/records/index.ts';
import { OffsetFetchRequest, OffsetFetchResponse } from '../src/wire/messages/index.ts';
import { broker, client, createTopic, fetchFrom } from './broker.ts';
import { EndTxn, TransactionalClient } from './transactional-client.ts';
import type { WireClient } from './wire-client.ts';

const OffsetFetch = { request: OffsetFetchRequest, response: OffsetFetchResponse };
const READ_COMMITTED = 1;

/** The values that a reader at read committed is left with, waiting until there are so many. */
async function committed(wire: WireClient, topic: string, count: number): Promise<string[]> {
  const values: string[] = [];
  for (let offset = 0; values.length < count;) {
    const { records, abortedTransactions } = await fetchFrom(wire, topic, offset, {
      isolationLevel: READ_COMMITTED,
      maxWaitMs: 5_000,
    });
    const aborted = new Set<number>();
    const starts = [...(abortedTransactions ?? [])];
    for (const batch of batchesOf(records ?? Buffer.alloc(0))) {
      while (starts[0] !== undefined && starts[0].firstOffset <= batch.baseOffset)
        aborted.add(starts.shift()!.producerId);
      offset = batch.nextOffset;
      if (batch.isControl) aborted.delete(batch.producerId);
      else if (!batch.isTransactional || !aborted.has(batch.producerId))
        for (const { value } of recordsOf(batch, { maxBytes: 1 << 20 })) values.push(String(value));
    }
  }
  return values;
}

/** Committed offset and error of the group's partition 0. */
async function groupOffset(wire: WireClient, groupId: string, topic: string, requireStable = true) {
  const { groups } = await wire.request(OffsetFetch, 8, {
    groups: [{ groupId, topics: [{ name: topic, partitionIndexes: [0] }] }],
    requireStable,
  });
  const found = groups[0]?.topics[0]?.partitions[0];
  return [found?.committedOffset, found?.errorCode];
}

describe.each(['v1', 'v2'] as const)('a transactional producer that speaks transactions %s', (protocol) => {
  async function begin(topic = 'orders') {
    const started = await broker();
    const wire = await client(started);
    await createTopic(wire, topic, 2);
    const producer = new TransactionalClient(wire, 'app', protocol);
    expect(await producer.init()).toBe(0);
    const add = async (partition = 0): Promise<void> => {
      if (protocol === 'v1') expect(await producer.add(topic, partition)).toBe(0);
    };
    return { started, wire, producer, add };
  }

  test('is read at read committed when it commits, and not before', async () => {
    const { wire, producer, add } = await begin();
    await add();
    expect((await producer.send('orders', ['a', 'b'])).errorCode).toBe(0);
    expect(await fetchFrom(wire, 'orders', 0, { isolationLevel: READ_COMMITTED })).toMatchObject({
      lastStableOffset: 0,
      highWatermark: 2,
    });
    expect(await producer.end(true)).toBe(0);
    expect(await committed(wire, 'orders', 2)).toEqual(['a', 'b']);
    await add();
    expect((await producer.send('orders', ['c'])).errorCode).toBe(0);
    expect(await producer.end(true)).toBe(0);
    expect(await committed(wire, 'orders', 3)).toEqual(['a', 'b', 'c']);
  });

  test('is not read when it aborts', async () => {
    const { wire, producer, add } = await begin();
    await add();
    await producer.send('orders', ['lost']);
    expect(await producer.end(false)).toBe(0);
    await add();
    await producer.send('orders', ['kept']);
    expect(await producer.end(true)).toBe(0);
    expect(await committed(wire, 'orders', 1)).toEqual(['kept']);
  });

  test('is fenced by the next one of its name, whose start aborts what it left open', async () => {
    const { started, producer, add } = await begin();
    const other = await client(started);
    await add();
    await producer.send('orders', ['lost']);
    const next = new TransactionalClient(other, 'app', protocol);
    expect(await next.init()).toBe(0);
    expect(next.producerId).toBe(producer.producerId);
    expect(next.producerEpoch).toBeGreaterThan(producer.producerEpoch);
    expect((await producer.send('orders', ['late'])).errorCode).toBe(47);
    expect(await producer.end(true)).toBe(90);
    if (protocol === 'v1') await next.add('orders');
    await next.send('orders', ['kept']);
    expect(await next.end(true)).toBe(0);
    expect(await committed(other, 'orders', 1)).toEqual(['kept']);
  });

  test('commits offsets of a group with its records', async () => {
    const { wire, producer } = await begin();
    if (protocol === 'v1') expect(await producer.addOffsets('readers')).toBe(0);
    expect(await producer.commitOffset('readers', 'orders', 5)).toBe(0);
    expect(await groupOffset(wire, 'readers', 'orders')).toEqual([-1, 88]);
    expect(await groupOffset(wire, 'readers', 'orders', false)).toEqual([-1, 0]);
    expect(await producer.end(true)).toBe(0);
    let found = await groupOffset(wire, 'readers', 'orders');
    while (found[1] === 88) found = await groupOffset(wire, 'readers', 'orders');
    expect(found).toEqual([5, 0]);
  });
});

test.each([
  ['v1', 4],
  ['v2', 5],
] as const)(
  'a producer (%s) that ends its next transaction before the one before it is complete is asked to wait, not fenced',
  async (protocol, version) => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders', 1);
    const producer = new TransactionalClient(wire, 'app', protocol);
    expect(await producer.init()).toBe(0);
    const answers = new Set<number>();
    for (let round = 0; round < 20; round++) {
      if (protocol === 'v1') await producer.add('orders');
      expect((await producer.send('orders', ['a'])).errorCode).toBe(0);
      const { transactionalId, producerId } = producer;
      const producerEpoch = producer.producerEpoch + (protocol === 'v2' ? 1 : 0);
      const next = { transactionalId, producerId, producerEpoch, committed: false };
      const [committing, aborting] = await Promise.all([producer.end(true), wire.request(EndTxn, version, next)]);
      expect(committing).toBe(0);
      answers.add(aborting.errorCode);
      if (aborting.errorCode === ErrorCode.NONE) await producer.init();
    }
    expect(answers).toContain(ErrorCode.CONCURRENT_TRANSACTIONS);
    expect(answers).not.toContain(ErrorCode.PRODUCER_FENCED);
  },
);
