import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { behaviour } from '../behaviour.ts';

const values = (from: number, to: number): { value: string }[] =>
  Array.from({ length: to - from }, (_, i) => ({ value: `value ${from + i}` }));

export const consumeBehaviours = [
  behaviour('consumes all partitions from the beginning', ['produce', 'consume'], async (client, stage) => {
    const topic = await stage.topic(4);
    const records = Array.from({ length: 100 }, (_, i) => ({ key: `key-${i}`, value: `value ${i}` }));
    await client.produce({ topic, records });
    const read = await client.consume({ topic, from: 'earliest', count: 100 });
    assert.deepEqual(read.map(({ value }) => value).sort(), records.map(({ value }) => value).sort());
    assert.equal(new Set(read.map(({ partition }) => partition)).size, 4);
  }),

  behaviour('consumes from an offset in the middle of a batch', ['produce', 'consume'], async (client, stage) => {
    const topic = await stage.topic();
    await client.produce({ topic, records: values(0, 10) });
    const read = await client.consume({ topic, from: { offset: 6 }, partition: 0, count: 4 });
    assert.deepEqual(
      read.map(({ offset, value }) => [offset, value]),
      [6, 7, 8, 9].map((at) => [at, `value ${at}`]),
    );
  }),

  behaviour('consumes from a timestamp', ['produce', 'consume'], async (client, stage) => {
    const topic = await stage.topic();
    for (let i = 0; i < 4; i++) {
      await client.produce({ topic, records: values(i, i + 1) });
      await sleep(20);
    }
    const all = await client.consume({ topic, from: 'earliest', count: 4 });
    const timestampMs = (all[1]?.timestampMs ?? NaN) + 1;
    const read = await client.consume({ topic, from: { timestampMs }, partition: 0, count: 2 });
    assert.deepEqual(
      read.map(({ value }) => value),
      ['value 2', 'value 3'],
    );
  }),

  behaviour('consumes many batches, each partition in order', ['produce', 'consume'], async (client, stage) => {
    const topic = await stage.topic(2);
    for (let i = 0; i < 5; i++) {
      const records = Array.from({ length: 200 }, (_, j) => ({
        key: `key-${j % 8}`,
        value: `${i * 200 + j} ${'pad'.repeat(100)}`,
      }));
      await client.produce({ topic, records });
    }
    const read = await client.consume({ topic, from: 'earliest', count: 1000 });
    for (const partition of [0, 1]) {
      const mine = read.filter((each) => each.partition === partition);
      assert.deepEqual(
        mine.map(({ offset }) => offset),
        mine.map((_, i) => i),
      );
      const order = mine.map(({ value }) => parseInt(value ?? '', 10));
      assert.deepEqual(
        order,
        [...order].sort((a, b) => a - b),
      );
    }
  }),
];
