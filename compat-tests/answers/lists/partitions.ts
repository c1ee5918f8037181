import { conversation, type Conversation } from '../conversation.ts';
import { pick, type Said } from '../fit.ts';
import type { Talk } from '../talk.ts';

const maxInt = 2_147_483_647;
const internal = '__consumer_offsets';

const cursorAt = (topicName: string, partitionIndex: number): Said => ({ topicName, partitionIndex });

const pages = conversation('DescribeTopicPartitions', 'pages', async (talk) => {
  const one = (await talk.topic('one', { partitions: 3 })).name;
  const two = (await talk.topic('two', { partitions: 5 })).name;
  const none = talk.name('none');
  const asked = (label: string, names: readonly string[], more: Said = {}): Promise<Said> =>
    talk.ask(label, 'DescribeTopicPartitions', { topics: names.map((name) => ({ name })), ...more });
  const limited = (
    label: string,
    responsePartitionLimit: number,
    names: readonly string[],
    cursor: Said | null = null,
  ) => asked(`at most ${responsePartitionLimit}, ${label}`, names, { responsePartitionLimit, cursor });

  await asked('one', [one]);
  await asked('in the order of names', [two, one]);
  await asked('the same twice', [one, two, one]);
  await asked('unknown', [none]);
  await asked('unknown and known', [two, none, one]);
  for (const name of ['', '.', '..', 'a/b', 'ä', 'x'.repeat(249), 'x'.repeat(250)])
    await asked(`name ${name.slice(0, 10)}`, [name]);
  for (const limit of [-1, 0, 1, 2, 3, 4, 7, 8, 9, maxInt]) await limited('of two topics', limit, [one, two]);
  await limited('unknown between', 3, [two, none, one]);
  await limited('unknown last', 5, [two, talk.name('z')]);
  await limited('of itself', 1, [internal]);
  for (const index of [0, 1, 2, 3, 4, 1000]) await limited(`from ${index}`, 2, [one, two], cursorAt(one, index));
  await limited('from the second topic', 100, [one, two], cursorAt(two, 1));
  await limited('from its end', 100, [one, two], cursorAt(one, 3));
  await asked('from an unknown topic that is asked for', [one, none, two], { cursor: cursorAt(none, 1) });
  await asked('from a topic that is not asked for', [one, two], { cursor: cursorAt(none, 0) });
  await asked('from before all that is asked for', [two], { cursor: cursorAt(one, 0) });
  await asked('from an empty name', [one], { cursor: cursorAt('', 0) });
  for (const index of [-1, -maxInt]) await asked(`from ${index}`, [one, two], { cursor: cursorAt(one, index) });
  await asked('from -1 of a topic that is not asked for', [one], { cursor: cursorAt(two, -1) });
  // A whole listing, page by page, as the Java admin client asks.
  let cursor: Said | null = null;
  for (let turn = 0; turn < 6; turn++) {
    const page: Said = await limited(`page ${turn}`, 3, [one, two, none], cursor);
    cursor = pick(page, 'nextCursor') as Said | null;
    if (cursor === null) break;
  }
});

const everyTopic = conversation(
  'DescribeTopicPartitions',
  'all topics',
  async (talk) => {
    const one = (await talk.topic('one', { partitions: 3 })).name;
    const asked = (label: string, more: Said): Promise<Said> =>
      talk.ask(label, 'DescribeTopicPartitions', { topics: [], ...more });
    await asked('from the own one', { responsePartitionLimit: 2, cursor: cursorAt(one, 0) });
    await asked('from the internal one', { responsePartitionLimit: 3, cursor: cursorAt(internal, 47) });
    await asked('from what is not there', { responsePartitionLimit: 1, cursor: cursorAt(`${one}-`, 7) });
    await asked('from after all', { cursor: cursorAt('zzzz', 0) });
    await asked('from -1', { cursor: cursorAt(one, -1) });
  },
  { alone: true },
);

const elections = conversation('ElectLeaders', 'elections', async (talk) => {
  const { name } = await talk.topic('led', { partitions: 3 });
  const asked = (label: string, topics: readonly [string, readonly number[]][], more: Said = {}): Promise<Said> =>
    talk.ask(label, 'ElectLeaders', {
      topicPartitions: topics.map(([topic, partitions]) => ({ topic, partitions })),
      timeoutMs: 10_000,
      ...more,
    });
  await asked('nothing', []);
  await asked('the preferred', [[name, [0]]]);
  await asked('several', [[name, [2, 0, 1]]]);
  await asked('no partitions', [[name, []]]);
  await asked('unknown partitions', [[name, [0, 3, -1]]]);
  await asked('unknown topics', [
    [talk.name('none'), [0, 1]],
    [name, [0]],
    ['', [0]],
    ['a/b', [0]],
  ]);
  await asked('the same partition twice', [[name, [0, 0]]]);
  await asked('the same topic twice', [
    [name, [0]],
    [name, [1]],
  ]);
  await asked('an internal topic', [[internal, [0, 49, 50]]]);
  await asked('no time', [[name, [0]]], { timeoutMs: 0 });
  await asked('negative time', [[name, [0]]], { timeoutMs: -1 });
  if (talk.version === 0) return;
  await asked('an unclean one', [[name, [0, 5]]], { electionType: 1 });
  await asked('an unclean one of an unknown topic', [[talk.name('none'), [0]]], { electionType: 1 });
  for (const electionType of [2, -1]) {
    await asked(`type ${electionType}`, [[name, [0, 1]]], { electionType });
    await asked(`type ${electionType} of nothing`, [], { electionType });
    await asked(`type ${electionType} of all`, [], { electionType, topicPartitions: null });
  }
});

const electionsOfAll = conversation(
  'ElectLeaders',
  'of all partitions',
  async (talk) => {
    await talk.topic('led', { partitions: 3 });
    for (const electionType of talk.version === 0 ? [0] : [0, 1]) {
      const answer = await talk.quietly('ElectLeaders', { electionType, topicPartitions: null, timeoutMs: 10_000 });
      const results = pick(answer, 'replicaElectionResults') as { topic: string; partitionResult: unknown[] }[];
      talk.note(`type ${electionType}`, {
        errorCode: pick(answer, 'errorCode'),
        hasOwn: results.some(({ topic }) => topic === talk.name('led')),
        hasInternal: results.some(({ topic }) => topic === internal),
        notNeeded: results.every(({ partitionResult }) => partitionResult.length === 0),
      });
    }
  },
  { alone: true },
);

type Wish = readonly [partitionIndex: number, replicas: readonly number[] | null];

function reassign(talk: Talk, label: string, topics: readonly [string, readonly Wish[]][], more: Said = {}) {
  return talk.ask(label, 'AlterPartitionReassignments', {
    topics: topics.map(([name, wishes]) => ({
      name,
      partitions: wishes.map(([partitionIndex, replicas]) => ({ partitionIndex, replicas })),
    })),
    timeoutMs: 10_000,
    ...more,
  });
}

const reassignments = conversation('AlterPartitionReassignments', 'one broker', async (talk) => {
  const { name } = await talk.topic('moves', { partitions: 3 });
  await reassign(talk, 'nothing', []);
  await reassign(talk, 'no partitions', [[name, []]]);
  await reassign(talk, 'where it is', [[name, [[0, [1]]]]]);
  for (const [label, replicas] of [
    ['nowhere', []],
    ['an unknown broker', [2]],
    ['a negative broker', [-1]],
    ['the same broker twice', [1, 1]],
    ['a known and an unknown broker', [1, 2]],
    ['unknown brokers, one of them twice', [7, 2, 7]],
  ] as const)
    await reassign(talk, label, [[name, [[0, replicas]]]]);
  await reassign(talk, 'back, with nothing under way', [[name, [[0, null]]]]);
  await reassign(talk, 'good and bad', [
    [
      name,
      [
        [2, [1]],
        [0, [2]],
        [1, null],
        [9, [1]],
        [-1, null],
      ],
    ],
    [talk.name('none'), [[0, [1]]]],
    ['', [[0, null]]],
    [internal, [[0, [1]]]],
  ]);
  await reassign(talk, 'the same partition twice', [
    [
      name,
      [
        [0, [1]],
        [0, null],
      ],
    ],
  ]);
  await reassign(talk, 'the same topic twice', [
    [name, [[0, [1]]]],
    [name, [[0, [1]]]],
  ]);
  await reassign(talk, 'no time', [[name, [[0, [1]]]]], { timeoutMs: 0 });
  await reassign(talk, 'negative time', [[name, [[0, null]]]], { timeoutMs: -1 });
  if (talk.version === 0) return;
  const allowReplicationFactorChange = false;
  await reassign(talk, 'nothing, as many replicas as before', [], { allowReplicationFactorChange });
  await reassign(talk, 'as many replicas as before', [[name, [[0, [1]]]]], { allowReplicationFactorChange });
  for (const replicas of [[], [1, 2], [1, 1]])
    await reassign(talk, `as many replicas as before, ${replicas.join(' and ')}`, [[name, [[0, replicas]]]], {
      allowReplicationFactorChange,
    });
});

const underWay = conversation('ListPartitionReassignments', 'one broker', async (talk) => {
  const { name } = await talk.topic('stays', { partitions: 2 });
  const asked = (label: string, topics: Said[] | null, more: Said = {}): Promise<Said> =>
    talk.ask(label, 'ListPartitionReassignments', { topics, timeoutMs: 10_000, ...more });
  await asked('all', null);
  await asked('none', []);
  await asked('one', [{ name, partitionIndexes: [0, 1] }]);
  await asked('no partitions', [{ name, partitionIndexes: [] }]);
  await asked('unknown', [
    { name: talk.name('none'), partitionIndexes: [0] },
    { name, partitionIndexes: [5, -1] },
    { name: '', partitionIndexes: [0] },
  ]);
  await asked('no time', null, { timeoutMs: 0 });
  await asked('negative time', null, { timeoutMs: -1 });
});

export const partitionConversations: readonly Conversation[] = [
  pages,
  everyTopic,
  elections,
  electionsOfAll,
  reassignments,
  underWay,
];
