import assert from 'node:assert/strict';
import { InitProducerId, TransactionalClient } from '../transactional-client.ts';
import { row, type Row } from './row.ts';
import { like, OffsetFetch, type Stage } from './stage.ts';

const READ_COMMITTED = 1;

async function producer(
  stage: Stage,
  protocol: 'v1' | 'v2' = 'v2',
  name = stage.name('txn'),
): Promise<TransactionalClient> {
  const made = new TransactionalClient(await stage.connect(), name, protocol);
  assert.equal(await made.init(), 0);
  return made;
}

/** What a reader at read committed may see is there. */
async function isStable(stage: Stage, topic: { name: string; topicId: string }, offset: number): Promise<void> {
  await stage.until(`${topic.name} is stable up to ${offset}`, async () => {
    const { lastStableOffset } = await stage.fetch(topic, 0, { isolationLevel: READ_COMMITTED });
    return lastStableOffset === offset;
  });
}

export const transactions: readonly Row[] = [
  row('C-35', 'a transaction marker takes one offset, and no more', async (stage) => {
    const topic = await stage.topic();
    const writer = await producer(stage);
    assert.equal((await writer.send(topic.name, ['a', 'b'])).baseOffset, 0);
    assert.equal(await writer.end(false), 0);
    await isStable(stage, topic, 3);
    assert.equal((await writer.send(topic.name, ['c'])).baseOffset, 3);
    assert.equal(await writer.end(true), 0);
    await isStable(stage, topic, 5);
    assert.deepEqual((await stage.offset(topic, -1))[0], 5);
  }),
  row('C-36', 'read committed ends at the oldest open transaction, and is told of the aborted ones', async (stage) => {
    const topic = await stage.topic();
    const [first, second] = [await producer(stage), await producer(stage)];
    await first.send(topic.name, ['a']);
    await second.send(topic.name, ['b']);
    assert.equal(await second.end(false), 0);
    const open = await stage.fetch(topic, 0, { isolationLevel: READ_COMMITTED });
    like(open, { lastStableOffset: 0, abortedTransactions: [] });
    assert.equal(open.records?.length, 0);
    assert.equal(await first.end(false), 0);
    await isStable(stage, topic, 4);
    const decided = await stage.fetch(topic, 0, { isolationLevel: READ_COMMITTED });
    const byOffset = [...(decided.abortedTransactions ?? [])].sort((a, b) => a.firstOffset - b.firstOffset);
    assert.deepEqual(byOffset, [
      { producerId: first.producerId, firstOffset: 0 },
      { producerId: second.producerId, firstOffset: 1 },
    ]);
    assert.equal((await stage.fetch(topic, 0, { isolationLevel: 0 })).abortedTransactions, null);
  }),
  row('C-37', 'who insists on stable offsets is told to wait for those of an open transaction', async (stage) => {
    const topic = await stage.topic();
    const groupId = stage.name('group');
    await stage.coordinated(groupId);
    const writer = await producer(stage);
    assert.equal(await writer.commitOffset(groupId, topic.name, 7), 0);
    const ask = async (requireStable: boolean) => {
      const topics = [{ name: topic.name, partitionIndexes: [0] }];
      const { groups } = await stage.ask(OffsetFetch, 8, { groups: [{ groupId, topics }], requireStable });
      return groups[0]?.topics[0]?.partitions[0];
    };
    like(await ask(true), { errorCode: 88, committedOffset: -1 });
    like(await ask(false), { errorCode: 0, committedOffset: -1 });
    assert.equal(await writer.end(true), 0);
    await stage.until('the offset is stable', async () => (await ask(true))?.errorCode === 0);
    like(await ask(true), { errorCode: 0, committedOffset: 7 });
  }),
  row(
    'C-45',
    'transactions v2: partitions are added by writing, and the epoch rises with each transaction',
    async (stage) => {
      const topic = await stage.topic();
      const writer = await producer(stage, 'v2');
      const { producerId, producerEpoch } = writer;
      assert.equal((await writer.send(topic.name, ['a'])).errorCode, 0);
      assert.equal(await writer.end(true), 0);
      assert.deepEqual([writer.producerId, writer.producerEpoch], [producerId, producerEpoch + 1]);
    },
  ),
  row('C-45', 'transactions v1: partitions are added first, and the epoch stays', async (stage) => {
    const topic = await stage.topic();
    const writer = await producer(stage, 'v1');
    assert.equal((await writer.send(topic.name, ['a'], { version: 10 })).errorCode, 48);
    assert.equal((await writer.send(topic.name, ['a'], { version: 11 })).errorCode, 120);
    assert.equal(await writer.add(topic.name), 0);
    assert.equal((await writer.send(topic.name, ['a'])).errorCode, 0);
    const { producerEpoch } = writer;
    assert.equal(await writer.end(true), 0);
    assert.equal(await writer.add(topic.name), 0);
    assert.equal(writer.producerEpoch, producerEpoch);
  }),
  row('C-47', 'a timeout longer than transaction.max.timeout.ms is refused', async (stage) => {
    const writer = new TransactionalClient(await stage.connect(), stage.name('txn'));
    assert.equal(await writer.init({ timeoutMs: 900_001 }), 50);
    assert.equal(await writer.init({ timeoutMs: 900_000 }), 0);
  }),
  row(
    'C-47',
    'who takes over while a transaction is open is told to come back, and the former one is fenced',
    async (stage) => {
      const topic = await stage.topic();
      const former = await producer(stage);
      const { transactionalId, producerId, producerEpoch } = former;
      await former.send(topic.name, ['a']);
      const again = { transactionalId, transactionTimeoutMs: 60_000 };
      assert.equal((await stage.ask(InitProducerId, 4, again)).errorCode, 51);
      const next = await producer(stage, 'v2', transactionalId);
      assert.equal(next.producerId, producerId);
      assert.equal((await former.send(topic.name, ['b'])).errorCode, 47);
      assert.equal(await former.end(true), 90);
      assert.equal(await former.end(true, 1), 47);
      assert.equal(await former.end(true, 2), 90);
      const back = { ...again, producerId, producerEpoch };
      assert.equal((await stage.ask(InitProducerId, 3, back)).errorCode, 47);
      assert.equal((await stage.ask(InitProducerId, 4, back)).errorCode, 90);
    },
  ),
];
