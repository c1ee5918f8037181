import { setTimeout as sleep } from 'node:timers/promises';
import { batch } from '../batches.ts';
import { conversation, type Conversation } from '../conversation.ts';
import { pick, type Said } from '../fit.ts';
import type { Talk } from '../talk.ts';
import { timed } from '../timed.ts';

interface Target {
  readonly name: string;
  readonly topicId: string;
}

const unknownId = '0123456789abcdefABCDEg';

function want(topic: Target, ...partitions: readonly Said[]): Said {
  return {
    topic: topic.name,
    topicId: topic.topicId,
    partitions: partitions.map((each) => ({ partitionMaxBytes: 1_000_000, ...each })),
  };
}

const whole = { maxWaitMs: 0, minBytes: 0, maxBytes: 10_000_000 } as const;

/** A topic with three batches in its first partition: offsets 0-1, 2, 3-5. */
async function filled(talk: Talk, what = 'filled', partitions = 2): Promise<Target> {
  const topic = await talk.topic(what, { partitions });
  for (const values of [['a', 'b'], ['c'], ['d', 'e', 'f']]) await append(talk, topic, values);
  return topic;
}

async function append(talk: Talk, topic: Target, values: readonly string[], index = 0): Promise<void> {
  const topicData = [{ name: topic.name, partitionData: [{ index, records: batch(values) }] }];
  await talk.quietly('Produce', { acks: -1, timeoutMs: 5000, topicData }, { version: 9 });
}

export const fetchConversations: readonly Conversation[] = [
  conversation('Fetch', 'offsets and limits', async (talk) => {
    const topic = await filled(talk);
    await talk.ask('default values', 'Fetch', {});
    for (const fetchOffset of [0, 1, 2, 5, 6, 7, -1, 2 ** 40])
      await talk.ask(`from ${fetchOffset}`, 'Fetch', { ...whole, topics: [want(topic, { fetchOffset })] });
    for (const maxBytes of [0, 1, 70, 150, 200, 250, -1, 2147483647])
      await talk.ask(`at most ${maxBytes} bytes`, 'Fetch', { ...whole, maxBytes, topics: [want(topic, {})] });
    for (const partitionMaxBytes of [0, 1, 70, 150, 200, 250, -1, 2147483647])
      await talk.ask(`at most ${partitionMaxBytes} bytes of a partition`, 'Fetch', {
        ...whole,
        topics: [want(topic, { partitionMaxBytes })],
      });
    await append(talk, topic, ['x', 'y'], 1);
    await talk.ask('two partitions, one batch too large for both', 'Fetch', {
      ...whole,
      topics: [want(topic, { partitionMaxBytes: 1 }, { partition: 1, partitionMaxBytes: 1 })],
    });
    await talk.ask('two partitions, the answer is full after the first', 'Fetch', {
      ...whole,
      maxBytes: 1,
      topics: [want(topic, {}, { partition: 1 })],
    });
    await talk.ask('the second partition first', 'Fetch', {
      ...whole,
      maxBytes: 1,
      topics: [want(topic, { partition: 1 }, {})],
    });
    await talk.ask('an empty one before a full one', 'Fetch', {
      ...whole,
      maxBytes: 1,
      topics: [want(topic, { fetchOffset: 6 }, { partition: 1, partitionMaxBytes: 1 })],
    });
    await talk.ask('the same partition twice', 'Fetch', { ...whole, topics: [want(topic, {}, { fetchOffset: 3 })] });
    await talk.ask('the same topic twice', 'Fetch', {
      ...whole,
      topics: [want(topic, {}), want(topic, { partition: 1 })],
    });
  }),
  conversation('Fetch', 'what does not exist', async (talk) => {
    const topic = await filled(talk);
    await talk.ask('unknown partition', 'Fetch', { ...whole, topics: [want(topic, { partition: 2 })] });
    await talk.ask('negative partition', 'Fetch', { ...whole, topics: [want(topic, { partition: -1 })] });
    const none = { name: talk.name('none'), topicId: unknownId };
    await talk.ask('unknown topic', 'Fetch', { ...whole, topics: [want(none, {})] });
    await talk.ask('known and unknown', 'Fetch', {
      ...whole,
      topics: [want(none, {}), want(topic, { partition: 9 }, {})],
    });
    await talk.ask('no topic', 'Fetch', {
      ...whole,
      topics: [want({ name: '', topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }, {})],
    });
    await talk.ask('bad name', 'Fetch', { ...whole, topics: [want({ name: 'a/b', topicId: unknownId }, {})] });
    await talk.ask('no partitions', 'Fetch', { ...whole, topics: [want(topic)] });
    await talk.ask('an unknown replica', 'Fetch', {
      ...whole,
      replicaId: 7,
      replicaState: { replicaId: 7, replicaEpoch: -1 },
      topics: [want(topic, {})],
    });
    await talk.ask('a replica with an epoch', 'Fetch', {
      ...whole,
      replicaId: 1,
      replicaState: { replicaId: 1, replicaEpoch: 12345 },
      topics: [want(topic, {})],
    });
    await talk.ask('the debugging consumer', 'Fetch', {
      ...whole,
      replicaId: -2,
      replicaState: { replicaId: -2, replicaEpoch: -1 },
      topics: [want(topic, {})],
    });
    await talk.ask('replica -3', 'Fetch', {
      ...whole,
      replicaId: -3,
      replicaState: { replicaId: -3, replicaEpoch: -1 },
      topics: [want(topic, {})],
    });
    await talk.ask('an unknown isolation level', 'Fetch', { ...whole, isolationLevel: 7, topics: [want(topic, {})] });
    await talk.ask('the wrong cluster', 'Fetch', { ...whole, clusterId: 'wrong', topics: [want(topic, {})] });
    await talk.ask('a rack', 'Fetch', { ...whole, rackId: 'rack', topics: [want(topic, {})] });
  }),
  conversation('Fetch', 'leader epochs', async (talk) => {
    const topic = await filled(talk);
    for (const currentLeaderEpoch of [-2, -1, 0, 1, 100])
      await talk.ask(`current leader epoch ${currentLeaderEpoch}`, 'Fetch', {
        ...whole,
        topics: [want(topic, { currentLeaderEpoch })],
      });
    for (const lastFetchedEpoch of [-2, -1, 0, 1, 100])
      for (const fetchOffset of [0, 3, 6, 9])
        await talk.ask(`last fetched epoch ${lastFetchedEpoch} at ${fetchOffset}`, 'Fetch', {
          ...whole,
          topics: [want(topic, { lastFetchedEpoch, fetchOffset })],
        });
    const empty = await talk.topic('empty');
    for (const lastFetchedEpoch of [-1, 0, 1])
      await talk.ask(`last fetched epoch ${lastFetchedEpoch} of an empty log`, 'Fetch', {
        ...whole,
        topics: [want(empty, { lastFetchedEpoch })],
      });
    for (const logStartOffset of [-1, 0, 3])
      await talk.ask(`log start offset ${logStartOffset}`, 'Fetch', {
        ...whole,
        topics: [want(topic, { logStartOffset })],
      });
  }),
  conversation('Fetch', 'isolation', async (talk) => {
    const topic = await filled(talk);
    for (const isolationLevel of [0, 1]) {
      await talk.ask(`level ${isolationLevel}`, 'Fetch', { ...whole, isolationLevel, topics: [want(topic, {})] });
      await talk.ask(`level ${isolationLevel}, at the end`, 'Fetch', {
        ...whole,
        isolationLevel,
        topics: [want(topic, { fetchOffset: 6 })],
      });
      await talk.ask(`level ${isolationLevel}, out of range`, 'Fetch', {
        ...whole,
        isolationLevel,
        topics: [want(topic, { fetchOffset: 60 })],
      });
    }
  }),
  conversation('Fetch', 'waiting', async (talk) => {
    const topic = await filled(talk);
    const end = want(topic, { fetchOffset: 6 });
    const fetch = (label: string, value: Said): Promise<Said> => talk.ask(label, 'Fetch', { ...whole, ...value });
    await timed(talk, 'no wait', 0, 1500, () => fetch('no wait', { minBytes: 1, topics: [end] }));
    await timed(talk, 'negative wait', 0, 1500, () =>
      fetch('negative wait', { maxWaitMs: -5, minBytes: 1, topics: [end] }),
    );
    await timed(talk, 'no bytes wanted', 0, 1500, () => fetch('no bytes wanted', { maxWaitMs: 2000, topics: [end] }));
    await timed(talk, 'nothing comes', 290, 2000, () =>
      fetch('nothing comes', { maxWaitMs: 300, minBytes: 1, topics: [end] }),
    );
    await timed(talk, 'not enough', 290, 2000, () =>
      fetch('not enough', { maxWaitMs: 300, minBytes: 100_000, topics: [want(topic, {})] }),
    );
    await timed(talk, 'no topics', 0, 1500, () => fetch('no topics', { maxWaitMs: 2000, minBytes: 1 }));
    await timed(talk, 'one that does not exist', 290, 2000, () =>
      fetch('one that does not exist', {
        maxWaitMs: 300,
        minBytes: 1,
        topics: [want(topic, { fetchOffset: 6 }, { partition: 9 })],
      }),
    );
    await timed(talk, 'out of range', 0, 1500, () =>
      fetch('out of range', { maxWaitMs: 2000, minBytes: 1, topics: [want(topic, { fetchOffset: 99 })] }),
    );
    const waiting = timed(talk, 'something comes', 100, 4000, () =>
      fetch('something comes', { maxWaitMs: 5000, minBytes: 1, topics: [end] }),
    );
    await sleep(150);
    await append(talk.another(), topic, ['late']);
    await waiting;
  }),
  conversation('Fetch', 'waiting, several at once', async (talk) => {
    const topic = await filled(talk);
    const end = want(topic, { fetchOffset: 6 });
    const fetch = (who: Talk, label: string, value: Said): Promise<Said> =>
      who.ask(label, 'Fetch', { ...whole, maxWaitMs: 5000, minBytes: 1, ...value });
    const waits = ['one', 'two', 'three'].map((label) =>
      timed(talk, label, 100, 4000, () => fetch(talk.another(), label, { topics: [end] })),
    );
    const forTwo = timed(talk, 'for two batches', 250, 4000, () =>
      fetch(talk.another(), 'for two batches', { minBytes: 100, topics: [end] }),
    );
    const elsewhere = timed(talk, 'where nothing comes', 590, 4000, () =>
      fetch(talk.another(), 'where nothing comes', { maxWaitMs: 600, topics: [want(topic, { partition: 1 })] }),
    );
    await timed(talk, 'for what comes later', 0, 1500, () =>
      fetch(talk.another(), 'for what comes later', { topics: [want(topic, { fetchOffset: 7 })] }),
    );
    await sleep(300);
    await append(talk, topic, ['late']);
    await Promise.all(waits);
    await sleep(150);
    await append(talk, topic, ['later']);
    await Promise.all([forTwo, elsewhere]);
    const gone = await filled(talk, 'gone');
    const forGone = timed(talk, 'for a topic that is deleted', 100, 4000, () =>
      fetch(talk.another(), 'for a topic that is deleted', { topics: [want(gone, { fetchOffset: 6 })] }),
    );
    await sleep(150);
    await talk.quietly('DeleteTopics', { topics: [{ name: gone.name }], timeoutMs: 10_000 }, { version: 6 });
    await forGone;
  }),
  conversation(
    'Fetch',
    'waiting in a session, and whose turn it is',
    async (talk) => {
      const topic = await filled(talk, 'one', 3);
      await append(talk, topic, ['x'], 1);
      await append(talk, topic, ['y'], 2);
      const ask = (label: string, sessionId: number, sessionEpoch: number, value: Said = {}): Promise<Said> =>
        talk.ask(label, 'Fetch', { ...whole, maxBytes: 1, sessionId, sessionEpoch, ...value });
      const all = { topics: [want(topic, {}, { partition: 1 }, { partition: 2 })] };
      const id = Number(pick(await ask('begin', 0, 0, all), 'sessionId') ?? 0);
      for (const turn of [1, 2, 3, 4]) await ask(`turn ${turn}`, id, turn);
      const consumed = {
        maxBytes: 1_000_000,
        topics: [want(topic, { fetchOffset: 6 }, { partition: 1, fetchOffset: 1 }, { partition: 2, fetchOffset: 1 })],
      };
      await ask('all is consumed', id, 5, consumed);
      await timed(talk, 'nothing comes', 290, 2000, () => ask('nothing comes', id, 6, { maxWaitMs: 300, minBytes: 1 }));
      const waiting = timed(talk, 'something comes', 100, 4000, () =>
        ask('something comes', id, 7, { maxWaitMs: 5000, minBytes: 1 }),
      );
      await sleep(150);
      await append(talk.another(), topic, ['late'], 1);
      await waiting;
      await talk.another().ask('from another connection', 'Fetch', { ...whole, sessionId: id, sessionEpoch: 8 });
      await ask('the epoch is used up', id, 8);
    },
    { versions: [7, 12, 13, 18] },
  ),
  conversation(
    'Fetch',
    'sessions',
    async (talk) => {
      const topic = await filled(talk, 'one', 3);
      const second = await filled(talk, 'two', 1);
      const ask = (label: string, sessionId: number, sessionEpoch: number, value: Said = {}): Promise<Said> =>
        talk.ask(label, 'Fetch', { ...whole, sessionId, sessionEpoch, ...value });
      const everything = { topics: [want(topic, { fetchOffset: 6 }, { partition: 1 }), want(second, {})] };
      await ask('unknown session', 123, 1);
      await ask('unknown session, with topics', 123, 7, everything);
      await ask('epoch without session', 0, 1, everything);
      await ask('epoch -2', 0, -2, everything);
      await ask('close an unknown session', 123, -1, everything);
      await ask('begin anew with an unknown session', 123, 0, everything);
      await ask('begin without topics', 0, 0);
      const begun = await ask('begin', 0, 0, everything);
      const id = Number(pick(begun, 'sessionId') ?? 0);
      await ask('nothing new but the batch not consumed', id, 1);
      await ask('the second moves on', id, 2, { topics: [want(second, { fetchOffset: 6 })] });
      await ask('nothing new', id, 3);
      await ask('wrong epoch', id, 3);
      await ask('epoch too high', id, 9);
      await append(talk, topic, ['new'], 1);
      await ask('news of one', id, 4);
      await ask('consumed', id, 5, { topics: [want(topic, { partition: 1, fetchOffset: 1 })] });
      const forgotten = (each: Target, ...partitions: number[]): Said => ({
        topic: each.name,
        topicId: each.topicId,
        partitions,
      });
      await ask('forget one and add one', id, 6, {
        topics: [want(topic, { partition: 2 })],
        forgottenTopicsData: [forgotten(second, 0)],
      });
      await append(talk, second, ['unheard']);
      await ask('what is forgotten is not told', id, 7);
      await ask('add an unknown partition', id, 8, { topics: [want(topic, { partition: 77 })] });
      await ask('the unknown one again', id, 9);
      await ask('out of range in a session', id, 10, { topics: [want(topic, { fetchOffset: 1000 })] });
      await ask('still out of range', id, 11);
      await ask('back in range', id, 12, { topics: [want(topic, { fetchOffset: 6 })] });
      await ask('forget what was never asked', id, 13, { forgottenTopicsData: [forgotten(topic, 55)] });
      await ask('add and forget the same', id, 14, {
        topics: [want(second, {})],
        forgottenTopicsData: [forgotten(second, 0)],
      });
      await ask('forget all', id, 15, {
        forgottenTopicsData: [forgotten(topic, 0, 1, 2, 77), forgotten(second, 0)],
      });
      await ask('after all is forgotten', id, 16);
      const again = Number(pick(await ask('begin again', 0, 0, everything), 'sessionId') ?? 0);
      await ask('begin anew over it', again, 0, everything);
      await ask('the old one is gone', again, 1);
      const last = Number(pick(await ask('and once more', 0, 0, everything), 'sessionId') ?? 0);
      await ask('close, fetching', last, -1, { topics: [want(second, {})] });
      await ask('closed', last, 1);
    },
    { versions: [7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18] },
  ),
  conversation(
    'Fetch',
    'sessions and topics that come and go',
    async (talk) => {
      const topic = await filled(talk, 'stays', 1);
      const gone = await filled(talk, 'goes', 1);
      const ask = (label: string, sessionId: number, sessionEpoch: number, value: Said = {}): Promise<Said> =>
        talk.ask(label, 'Fetch', { ...whole, sessionId, sessionEpoch, ...value });
      const none = { name: talk.name('none'), topicId: unknownId };
      const wants = { topics: [want(topic, { fetchOffset: 6 }), want(gone, { fetchOffset: 6 }), want(none, {})] };
      const id = Number(pick(await ask('begin with an unknown one', 0, 0, wants), 'sessionId') ?? 0);
      await ask('unknown still', id, 1);
      await talk.quietly('DeleteTopics', { topics: [{ name: gone.name }], timeoutMs: 10_000 }, { version: 6 });
      await talk.until('the topic to be gone', async () => {
        const wanted = { topics: [{ name: gone.name }], allowAutoTopicCreation: false };
        const answer = await talk.quietly('Metadata', wanted, { version: 12 });
        return pick(answer, 'topics', 0, 'errorCode') === 3;
      });
      await ask('one is deleted', id, 2);
      await ask('one is deleted, again', id, 3);
    },
    { versions: [7, 12, 13, 18] },
  ),
  conversation(
    'Fetch',
    'a session of names used with ids, and the other way',
    async (talk) => {
      const topic = await filled(talk, 'both', 1);
      for (const [first, then] of [
        [12, 13],
        [13, 12],
      ] as const) {
        const begun = await talk.ask(
          `begin with v${first}`,
          'Fetch',
          { ...whole, sessionEpoch: 0, topics: [want(topic, {})] },
          { version: first },
        );
        const id = Number(pick(begun, 'sessionId') ?? 0);
        await talk.ask(`go on with v${then}`, 'Fetch', { ...whole, sessionId: id, sessionEpoch: 1 }, { version: then });
        await talk.ask(
          `go on with v${then} and topics`,
          'Fetch',
          { ...whole, sessionId: id, sessionEpoch: 1, topics: [want(topic, {})] },
          { version: then },
        );
      }
    },
    { versions: [13] },
  ),
];
