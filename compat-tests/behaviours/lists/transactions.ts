import assert from 'node:assert/strict';
import { behaviour, refused } from '../behaviour.ts';
import type { Verbs } from '../client.ts';

const PRODUCER_FENCED = 90;

async function committedValues(
  client: Pick<Verbs, 'consume'>,
  topic: string,
  count: number,
): Promise<(string | null)[]> {
  const read = await client.consume({ topic, from: 'earliest', count, isolation: 'read_committed' });
  return read.map(({ value }) => value);
}

export const transactionBehaviours = [
  behaviour(
    'a committed transaction is read, an aborted one is not',
    ['beginTransaction', 'sendInTransaction', 'endTransaction', 'consume'],
    async (client, stage) => {
      const [topic, producer] = [await stage.topic(), stage.name('producer')];
      for (const commit of [true, false, true]) {
        await client.beginTransaction({ producer, transactionalId: producer });
        await client.sendInTransaction({ producer, topic, values: commit ? ['kept', 'too'] : ['given up'] });
        await client.endTransaction({ producer, commit });
      }
      assert.deepEqual(await committedValues(client, topic, 4), ['kept', 'too', 'kept', 'too']);
      const all = await client.consume({ topic, from: 'earliest', count: 5 });
      assert.deepEqual(
        all.map(({ offset, value }) => [offset, value]),
        [
          [0, 'kept'],
          [1, 'too'],
          [3, 'given up'],
          [5, 'kept'],
          [6, 'too'],
        ],
      );
    },
  ),

  behaviour(
    'a transactional producer is fenced by the next of its id',
    ['beginTransaction', 'sendInTransaction', 'endTransaction', 'consume'],
    async (client, stage) => {
      const [topic, transactionalId] = [await stage.topic(), stage.name('transactional')];
      const [older, newer] = [stage.name('older'), stage.name('newer')];
      await client.beginTransaction({ producer: older, transactionalId });
      await client.sendInTransaction({ producer: older, topic, values: ['of the older'] });
      await client.beginTransaction({ producer: newer, transactionalId });
      await client.sendInTransaction({ producer: newer, topic, values: ['of the newer'] });
      await refused(PRODUCER_FENCED, client.endTransaction({ producer: older, commit: true }), stage);
      await client.endTransaction({ producer: newer, commit: true });
      assert.deepEqual(await committedValues(client, topic, 1), ['of the newer']);
    },
  ),

  behaviour(
    'offsets are committed with their transaction, or not at all',
    ['beginTransaction', 'sendInTransaction', 'sendOffset', 'endTransaction', 'committed'],
    async (client, stage) => {
      const [topic, group, producer] = [await stage.topic(), stage.name('group'), stage.name('producer')];
      for (const [commit, offset] of [
        [true, 1],
        [false, 2],
      ] as const) {
        await client.beginTransaction({ producer, transactionalId: producer });
        await client.sendInTransaction({ producer, topic, values: ['done'] });
        await client.sendOffset({ producer, group, topic, partition: 0, offset });
        await client.endTransaction({ producer, commit });
        assert.deepEqual(await client.committed({ group, topic }), { 0: 1 });
      }
    },
  ),

  behaviour(
    'a transaction that takes too long is aborted',
    ['beginTransaction', 'sendInTransaction', 'endTransaction', 'produce', 'consume'],
    async (client, stage) => {
      const [topic, producer] = [await stage.topic(), stage.name('producer')];
      await client.beginTransaction({ producer, transactionalId: producer, timeoutMs: 1000 });
      await client.sendInTransaction({ producer, topic, values: ['too slow'] });
      await client.produce({ topic, records: [{ value: 'after it' }] });
      assert.deepEqual(await committedValues(client, topic, 1), ['after it']);
      await assert.rejects(client.endTransaction({ producer, commit: true }));
    },
  ),
];
