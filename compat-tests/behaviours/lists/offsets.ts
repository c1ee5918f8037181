import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { behaviour } from '../behaviour.ts';

export const offsetBehaviours = [
  behaviour('tells the earliest and the latest offset', ['produce', 'offsetAt'], async (client, stage) => {
    const topic = await stage.topic();
    assert.equal(await client.offsetAt({ topic, partition: 0, at: 'earliest' }), 0);
    assert.equal(await client.offsetAt({ topic, partition: 0, at: 'latest' }), 0);
    await client.produce({ topic, records: Array.from({ length: 7 }, (_, i) => ({ value: `${i}` })) });
    assert.equal(await client.offsetAt({ topic, partition: 0, at: 'earliest' }), 0);
    assert.equal(await client.offsetAt({ topic, partition: 0, at: 'latest' }), 7);
  }),

  behaviour('finds the offset of a time', ['produce', 'consume', 'offsetAt'], async (client, stage) => {
    const topic = await stage.topic();
    for (const value of ['a', 'b', 'c']) {
      await client.produce({ topic, records: [{ value }] });
      await sleep(20);
    }
    const times = (await client.consume({ topic, from: 'earliest', count: 3 })).map(({ timestampMs }) => timestampMs);
    const [a = NaN, b = NaN, c = NaN] = times;
    const offsets = [];
    for (const timestampMs of [a - 1000, a, a + 1, b, c]) {
      offsets.push(await client.offsetAt({ topic, partition: 0, at: { timestampMs } }));
    }
    assert.deepEqual(offsets, [0, 0, 1, 1, 2]);
    // Clients show "none" as -1, or as the end of the log.
    assert.ok([-1, 3].includes(await client.offsetAt({ topic, partition: 0, at: { timestampMs: c + 60_000 } })));
  }),

  behaviour(
    'finds the offset of a time within a batch',
    ['produce', 'offsetAt'],
    async (client, stage) => {
      const topic = await stage.topic();
      await client.produce({
        topic,
        records: [10_000, 20_000, 30_000].map((timestampMs) => ({ timestampMs, value: 'v' })),
      });
      const offsets = [];
      for (const timestampMs of [5_000, 10_000, 15_000, 30_000]) {
        offsets.push(await client.offsetAt({ topic, partition: 0, at: { timestampMs } }));
      }
      assert.deepEqual(offsets, [0, 0, 1, 2]);
    },
    ['timestamps'],
  ),

  behaviour(
    'finds the offset of the greatest timestamp',
    ['produce', 'offsetAt'],
    async (client, stage) => {
      const topic = await stage.topic();
      await client.produce({
        topic,
        records: [10_000, 50_000, 30_000].map((timestampMs) => ({ timestampMs, value: 'v' })),
      });
      assert.equal(await client.offsetAt({ topic, partition: 0, at: 'max timestamp' }), 1);
    },
    ['timestamps', 'max timestamp'],
  ),

  behaviour(
    'finds the greatest timestamp of an ordinary topic',
    ['produce', 'offsetAt'],
    async (client, stage) => {
      const topic = await stage.topic();
      assert.equal(await client.offsetAt({ topic, partition: 0, at: 'max timestamp' }), -1);
      for (const value of ['a', 'b']) {
        await client.produce({ topic, records: [{ value }] });
        await sleep(20);
      }
      assert.equal(await client.offsetAt({ topic, partition: 0, at: 'max timestamp' }), 1);
    },
    ['max timestamp'],
  ),
];
