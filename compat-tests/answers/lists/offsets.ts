import { batch } from '../batches.ts';
import { conversation, type Conversation } from '../conversation.ts';
import type { Said } from '../fit.ts';
import type { Talk } from '../talk.ts';

async function append(talk: Talk, name: string, timestamps: readonly number[], index = 0): Promise<void> {
  const records = batch([], {
    records: timestamps.map((timestampMs) => ({ timestampMs, key: null, value: Buffer.from('v') })),
  });
  const topicData = [{ name, partitionData: [{ index, records }] }];
  await talk.quietly('Produce', { acks: -1, timeoutMs: 5000, topicData }, { version: 9 });
}

const ask = (talk: Talk, label: string, name: string, partitions: readonly Said[], more: Said = {}): Promise<Said> =>
  talk.ask(label, 'ListOffsets', { replicaId: -1, topics: [{ name, partitions }], ...more });

export const offsetConversations: readonly Conversation[] = [
  conversation('ListOffsets', 'timestamps', async (talk) => {
    const { name } = await talk.topic('times', { partitions: 2 });
    await append(talk, name, [10, 20, 30]);
    await append(talk, name, [50, 40]);
    await append(talk, name, [45]);
    await append(talk, name, [50]);
    await talk.ask('default values', 'ListOffsets', {});
    for (const timestamp of [-1, -2, -3, -4, -5, -6, -7, -100, -(2 ** 53)]) {
      await ask(talk, `special ${timestamp}`, name, [{ timestamp }]);
      await ask(talk, `special ${timestamp} of an empty log`, name, [{ partitionIndex: 1, timestamp }]);
      await ask(talk, `special ${timestamp}, read committed`, name, [{ timestamp }], { isolationLevel: 1 });
    }
    for (const timestamp of [0, 9, 10, 11, 15, 20, 31, 40, 41, 46, 50, 51, 2 ** 45, 2 ** 62]) {
      await ask(talk, `at ${timestamp}`, name, [{ timestamp }]);
      await ask(talk, `at ${timestamp}, read committed`, name, [{ timestamp }], { isolationLevel: 1 });
    }
    await ask(talk, 'at 10 of an empty log', name, [{ partitionIndex: 1, timestamp: 10 }]);
  }),
  conversation('ListOffsets', 'what is wrong', async (talk) => {
    const { name } = await talk.topic('asked', { partitions: 3 });
    await append(talk, name, [10, 20]);
    await ask(talk, 'unknown partition', name, [{ partitionIndex: 9, timestamp: -1 }]);
    await ask(talk, 'negative partition', name, [{ partitionIndex: -1, timestamp: -1 }]);
    await ask(talk, 'unknown topic', talk.name('none'), [{ timestamp: -1 }]);
    await ask(talk, 'no topic', '', [{ timestamp: -1 }]);
    await ask(talk, 'bad name', 'a/b', [{ timestamp: -1 }]);
    await ask(talk, 'no partitions', name, []);
    await ask(talk, 'the same partition twice', name, [
      { timestamp: -1 },
      { timestamp: -2 },
      { partitionIndex: 1, timestamp: -1 },
    ]);
    await talk.ask('the same topic twice', 'ListOffsets', {
      replicaId: -1,
      topics: [
        { name, partitions: [{ timestamp: -1 }] },
        { name, partitions: [{ partitionIndex: 1, timestamp: -1 }] },
        { name: talk.name('none'), partitions: [{ timestamp: -1 }] },
      ],
    });
    await ask(
      talk,
      'partitions in the order of asking',
      name,
      [2, 0, 7, 1].map((partitionIndex) => ({ partitionIndex, timestamp: -2 })),
    );
    for (const replicaId of [-2, -3, 0, 1, 7])
      await ask(talk, `replica ${replicaId}`, name, [{ timestamp: -1 }], { replicaId });
    await ask(talk, 'unknown isolation level', name, [{ timestamp: -1 }], { isolationLevel: 5 });
    for (const currentLeaderEpoch of [-2, -1, 0, 1, 50]) {
      await ask(talk, `leader epoch ${currentLeaderEpoch}`, name, [{ timestamp: -1, currentLeaderEpoch }]);
      await ask(talk, `leader epoch ${currentLeaderEpoch}, of an unknown partition`, name, [
        { partitionIndex: 9, timestamp: -1, currentLeaderEpoch },
      ]);
    }
    await ask(talk, 'timeout', name, [{ timestamp: -1 }], { timeoutMs: -1 });
  }),
  conversation('OffsetForLeaderEpoch', 'epochs', async (talk) => {
    const { name } = await talk.topic('epochs', { partitions: 2 });
    await append(talk, name, [10, 20]);
    const asked = (label: string, topic: string, partitions: readonly Said[], more: Said = {}): Promise<Said> =>
      talk.ask(label, 'OffsetForLeaderEpoch', { topics: [{ topic, partitions }], ...more });
    await talk.ask('default values', 'OffsetForLeaderEpoch', {});
    for (const leaderEpoch of [-2, -1, 0, 1, 77])
      for (const partition of [0, 1])
        await asked(`epoch ${leaderEpoch} of ${partition}`, name, [{ partition, leaderEpoch }]);
    for (const currentLeaderEpoch of [-2, -1, 0, 1, 77])
      await asked(`current epoch ${currentLeaderEpoch}`, name, [{ currentLeaderEpoch, leaderEpoch: 0 }]);
    await asked('unknown partition', name, [{ partition: 9, leaderEpoch: 0 }]);
    await asked('negative partition', name, [{ partition: -1, leaderEpoch: 0 }]);
    await asked('unknown topic', talk.name('none'), [{ leaderEpoch: 0 }]);
    await asked('no topic', '', [{ leaderEpoch: 0 }]);
    await asked('no partitions', name, []);
    await asked('several', name, [{ partition: 1 }, { partition: 9 }, { partition: 0 }]);
    await asked('the same twice', name, [{ partition: 1 }, { partition: 1 }]);
    for (const replicaId of [-2, -1, 0, 1, 7])
      await asked(`replica ${replicaId}`, name, [{ leaderEpoch: 0 }], { replicaId });
  }),
];
