import { conversation, type Conversation } from '../conversation.ts';
import { pick, type Said } from '../fit.ts';
import type { Talk } from '../talk.ts';

const maxInt = 2_147_483_647;
const zeroId = 'AAAAAAAAAAAAAAAAAAAAAA';
const someId = '0123456789abcdefABCDEg';
const elr = 'eligible.leader.replicas.version';

const [UPGRADE, SAFE_DOWNGRADE, UNSAFE_DOWNGRADE] = [1, 2, 3];

const topicOf = (topicName: string, ...indexes: number[]): Said => ({
  topicName,
  partitions: indexes.map((partitionIndex) => ({ partitionIndex })),
});

interface Replica {
  readonly replicaId: number;
  readonly replicaDirectoryId?: string;
  readonly logEndOffset: number;
  readonly lastFetchTimestamp?: number;
  readonly lastCaughtUpTimestamp?: number;
}

/** The offsets of two logs say nothing, but how they stand to each other does. */
function seen({ replicaId, replicaDirectoryId, ...state }: Replica, highWatermark: number): Said {
  const isNow = (time = -1): boolean | number => (time < 0 ? time : Math.abs(Date.now() - time) < 30_000);
  return {
    replicaId,
    replicaDirectoryId,
    isThere: state.logEndOffset >= highWatermark && highWatermark > 0,
    fetched: isNow(state.lastFetchTimestamp),
    caughtUp: isNow(state.lastCaughtUpTimestamp),
  };
}

const quorum = conversation('DescribeQuorum', 'one voter', async (talk) => {
  const answer = await talk.quietly('DescribeQuorum', { topics: [topicOf('__cluster_metadata', 0)] });
  const partition = (field: string): unknown => pick(answer, 'topics', 0, 'partitions', 0, field);
  const replicas = (field: string): Said[] =>
    (partition(field) as Replica[]).map((each) => seen(each, partition('highWatermark') as number));
  talk.note('the answer', { errorCode: pick(answer, 'errorCode'), errorMessage: pick(answer, 'errorMessage') });
  talk.note('the partition', {
    ...Object.fromEntries(['partitionIndex', 'errorCode', 'errorMessage', 'leaderId'].map((f) => [f, partition(f)])),
    leaderEpoch: (partition('leaderEpoch') as number) > 0,
    currentVoters: replicas('currentVoters'),
    observers: replicas('observers'),
  });
  const nodes = pick(answer, 'nodes') as { nodeId: number; listeners: { name: string }[] }[] | undefined;
  talk.note('the nodes', { ids: nodes?.map(({ nodeId }) => nodeId) });
  talk.note('where they listen', { names: nodes?.map(({ listeners }) => listeners.map(({ name }) => name)) });
  const asked = (label: string, ...topics: Said[]): Promise<Said> => talk.ask(label, 'DescribeQuorum', { topics });
  await asked('nothing');
  await asked('no partitions', topicOf('__cluster_metadata'));
  await asked('another partition', topicOf('__cluster_metadata', 1));
  await asked('a negative partition', topicOf('__cluster_metadata', -1));
  await asked('more partitions', topicOf('__cluster_metadata', 0, 1));
  await asked('the same partition twice', topicOf('__cluster_metadata', 0, 0));
  await asked('another topic', topicOf('__consumer_offsets', 0));
  await asked('an empty name', topicOf('', 0));
  await asked('two topics', topicOf('__cluster_metadata', 0), topicOf('__consumer_offsets', 0));
});

const voters = [
  conversation('AddRaftVoter', 'a quorum of fixed voters', async (talk) => {
    const clusterId = pick(await talk.quietly('DescribeCluster', {}), 'clusterId');
    const listeners = [{ name: 'CONTROLLER', host: '127.0.0.1', port: 9093 }];
    const asked = (label: string, more: Said): Promise<Said> =>
      talk.ask(label, 'AddRaftVoter', {
        clusterId,
        timeoutMs: 10_000,
        voterId: 2,
        voterDirectoryId: someId,
        listeners,
        ...more,
      });
    await asked('a voter', {});
    await asked('no cluster id', { clusterId: null });
    await asked('another cluster', { clusterId: 'another' });
    await asked('an empty cluster id', { clusterId: '' });
    await asked('a voter that is there', { voterId: 1 });
    await asked('a negative voter', { voterId: -1 });
    await asked('no directory id', { voterDirectoryId: zeroId });
    await asked('no listeners', { listeners: [] });
    await asked('another listener', { listeners: [{ name: 'INTERNAL', host: '127.0.0.1', port: 9093 }] });
    await asked('no listeners and another cluster', { clusterId: 'another', listeners: [] });
    await asked('no listeners and no directory id', { voterDirectoryId: zeroId, listeners: [] });
    await asked('no time', { timeoutMs: 0 });
    if (talk.version >= 1) await asked('without waiting', { ackWhenCommitted: false });
  }),
  conversation('RemoveRaftVoter', 'a quorum of fixed voters', async (talk) => {
    const clusterId = pick(await talk.quietly('DescribeCluster', {}), 'clusterId');
    const asked = (label: string, more: Said): Promise<Said> =>
      talk.ask(label, 'RemoveRaftVoter', { clusterId, voterId: 1, voterDirectoryId: someId, ...more });
    await asked('a voter', {});
    await asked('no cluster id', { clusterId: null });
    await asked('another cluster', { clusterId: 'another' });
    await asked('a voter that is not there', { voterId: 7 });
    await asked('a negative voter', { voterId: -1 });
    await asked('no directory id', { voterDirectoryId: zeroId });
  }),
];

const unregistration = conversation('UnregisterBroker', 'brokers that are not there', async (talk) => {
  for (const brokerId of [77, -1, maxInt]) await talk.ask(`broker ${brokerId}`, 'UnregisterBroker', { brokerId });
});

type Wish = readonly [feature: string, maxVersionLevel: number, upgradeType?: number];

function update(talk: Talk, label: string, wishes: readonly Wish[], more: Said = {}): Promise<Said> {
  const featureUpdates = wishes.map(([feature, maxVersionLevel, upgradeType = UPGRADE]) => ({
    feature,
    maxVersionLevel,
    upgradeType,
  }));
  return talk.ask(label, 'UpdateFeatures', { featureUpdates, timeoutMs: 10_000, ...more });
}

const featureChecks = conversation(
  'UpdateFeatures',
  'what is refused, and what changes nothing',
  async (talk) => {
    const all = (label: string, ...wishes: Wish[]): Promise<Said> => update(talk, label, wishes);
    await all('nothing');
    await all('the metadata version it has', ['metadata.version', 30]);
    for (const level of [31, 32, 7, 6, 29, 1, 0, -1, -32768, 32767]) {
      await all(`metadata version ${level}`, ['metadata.version', level]);
      if (talk.version === 0) continue;
      await all(`metadata version ${level}, safely`, ['metadata.version', level, SAFE_DOWNGRADE]);
      await all(`metadata version ${level}, unsafely`, ['metadata.version', level, UNSAFE_DOWNGRADE]);
    }
    for (const level of [1, 2, -1]) {
      await all(`eligible leader replicas ${level}`, [elr, level]);
      if (talk.version > 0) await all(`eligible leader replicas ${level}, safely`, [elr, level, SAFE_DOWNGRADE]);
    }
    await all('eligible leader replicas 0', [elr, 0]);
    for (const level of [0, 1, -1]) {
      await all(`no such feature ${level}`, ['no.such.feature', level]);
      if (talk.version > 0) await all(`no such feature ${level}, safely`, ['no.such.feature', level, SAFE_DOWNGRADE]);
    }
    await all('no name', ['', 1]);
    await all('the kraft version it has', ['kraft.version', 0]);
    await all('a kraft version too high', ['kraft.version', 2]);
    await all('good and bad', ['metadata.version', 30], ['no.such.feature', 1]);
    await all('two good ones', ['metadata.version', 30], [elr, 1]);
    await update(talk, 'no time', [['metadata.version', 30]], { timeoutMs: 0 });
    if (talk.version === 0) return;
    for (const upgradeType of [0, 4, -1]) await all(`upgrade type ${upgradeType}`, [elr, 1, upgradeType]);
    await update(talk, 'only to see', [[elr, 1]], { validateOnly: true });
    await update(talk, 'only to see it off', [[elr, 0, SAFE_DOWNGRADE]], { validateOnly: true });
    await update(talk, 'only to see, refused', [[elr, 0]], { validateOnly: true });
    await update(
      talk,
      'only to see, two',
      [
        ['metadata.version', 30],
        [elr, 1],
      ],
      { validateOnly: true },
    );
  },
  { alone: true },
);

/** Brokers hear of what the controller did a little later. */
async function noteLevel(talk: Talk, label: string, expected: number | undefined): Promise<void> {
  const level = async (): Promise<unknown> => {
    const answer = await talk.quietly('ApiVersions', { clientSoftwareName: 'a', clientSoftwareVersion: '1' });
    const features = pick(answer, 'finalizedFeatures') as { name: string; maxVersionLevel: number }[];
    return features.find(({ name }) => name === elr)?.maxVersionLevel;
  };
  await talk.until(`${elr} at ${expected}`, async () => (await level()) === expected);
  talk.note(label, { level: await level() });
}

const featureChanges = conversation(
  'UpdateFeatures',
  'a feature off and on again',
  async (talk) => {
    await update(talk, 'off', [[elr, 0, SAFE_DOWNGRADE]]);
    await noteLevel(talk, 'then', undefined);
    await update(talk, 'off once more', [[elr, 0, SAFE_DOWNGRADE]]);
    await update(talk, 'on, as a downgrade', [[elr, 1, SAFE_DOWNGRADE]]);
    const { name } = await talk.topic('topic');
    await talk.ask('a topic of then', 'DescribeTopicPartitions', { topics: [{ name }] });
    await update(talk, 'on', [[elr, 1]]);
    await noteLevel(talk, 'then again', 1);
    await update(talk, 'off, unsafely', [[elr, 0, UNSAFE_DOWNGRADE]]);
    await noteLevel(talk, 'then, unsafely', undefined);
    await update(talk, 'on again', [[elr, 1]]);
    await noteLevel(talk, 'at last', 1);
  },
  { versions: [1, 2], alone: true },
);

export const quorumConversations: readonly Conversation[] = [
  quorum,
  ...voters,
  unregistration,
  featureChecks,
  featureChanges,
];
