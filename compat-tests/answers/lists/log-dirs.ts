import { batch } from '../batches.ts';
import { conversation, type Conversation } from '../conversation.ts';
import { pick, type Said } from '../fit.ts';
import type { Talk } from '../talk.ts';

const value = Buffer.alloc(100);

/** One batch of records, of which many are in one: all of one time, for both brokers shall get the same bytes. */
async function append(talk: Talk, name: string, index: number, records = 1, more: Said = {}): Promise<void> {
  const timestampMs = Date.now();
  const list = Array.from({ length: records }, () => ({ timestampMs, key: null, value }));
  const topicData = [{ name, partitionData: [{ index, records: batch([], { records: list, ...more }) }] }];
  await talk.quietly('Produce', { acks: -1, timeoutMs: 5000, topicData }, { version: 9 });
}

const deleteRecords = (talk: Talk, label: string, topics: readonly Said[], more: Said = {}): Promise<Said> =>
  talk.ask(label, 'DeleteRecords', { topics, timeoutMs: 1000, ...more });

const before = (name: string, partitionIndex: number, offset: number): Said => ({
  name,
  partitions: [{ partitionIndex, offset }],
});

/** The broker's log directories, by the names it has for them. */
async function directories(talk: Talk): Promise<readonly [string, string, string]> {
  const answer = await talk.quietly('DescribeLogDirs', { topics: [] }, { version: 5 });
  const [one, two, three] = ((pick(answer, 'results') ?? []) as readonly Said[]).map(({ logDir }) => String(logDir));
  if (one === undefined || two === undefined || three === undefined) throw new Error('three log.dirs are wanted');
  return [one, two, three];
}

const moved = (path: string, name: string, partitions: readonly number[]): Said => ({
  path,
  topics: [{ name, partitions }],
});

interface Lying {
  readonly logDir: string;
  readonly partitionIndex: number;
  readonly isFutureKey: boolean;
}

async function lying(talk: Talk, topic: string): Promise<Lying[]> {
  const answer = await talk.quietly('DescribeLogDirs', { topics: null }, { version: 5 });
  return ((pick(answer, 'results') ?? []) as readonly Said[]).flatMap(({ logDir, topics }) =>
    (topics as readonly Said[])
      .filter(({ name }) => name === topic)
      .flatMap(({ partitions }) =>
        (partitions as readonly Lying[]).map((each) => ({ ...each, logDir: String(logDir) })),
      ),
  );
}

/** Waits until each partition lies where it is to lie. */
async function arrived(talk: Talk, topic: string, places: readonly string[]): Promise<void> {
  await talk.until(`the partitions of ${topic} to lie where they should`, async () => {
    const all = await lying(talk, topic);
    return (
      all.length === places.length &&
      all.every(({ partitionIndex, logDir, isFutureKey }) => !isFutureKey && places[partitionIndex] === logDir)
    );
  });
}

/** A topic with a partition in each directory, the first with five records, the second with three. */
async function placed(talk: Talk, what: string): Promise<{ name: string; paths: readonly [string, string, string] }> {
  const { name } = await talk.topic(what, { partitions: 3 });
  const paths = await directories(talk);
  for (let i = 0; i < 5; i++) await append(talk, name, 0);
  await append(talk, name, 1, 3);
  const dirs = paths.map((path, partition) => moved(path, name, [partition]));
  await talk.quietly('AlterReplicaLogDirs', { dirs }, { version: 2 });
  await arrived(talk, name, paths);
  return { name, paths };
}

async function seen(talk: Talk, label: string, name: string, partitionIndex: number): Promise<void> {
  for (const timestamp of [-2, -1, -4]) {
    const partitions = [{ partitionIndex, timestamp }];
    const topics = [{ name, partitions }];
    await talk.ask(`${label}: offset ${timestamp}`, 'ListOffsets', { replicaId: -1, topics }, { version: 8 });
  }
  for (const fetchOffset of [0, 1, 2, 3, 4, 5, 6]) {
    const partitions = [{ partition: partitionIndex, fetchOffset, partitionMaxBytes: 10_000 }];
    const asked = { maxWaitMs: 0, minBytes: 0, topics: [{ topic: name, partitions }] };
    await talk.ask(`${label}: reading from ${fetchOffset}`, 'Fetch', asked, { version: 12 });
  }
}

export const logDirConversations: readonly Conversation[] = [
  conversation('DeleteRecords', 'offsets', async (talk) => {
    const { name } = await talk.topic('deleted', { partitions: 4 });
    await talk.ask('default values', 'DeleteRecords', {});
    for (let i = 0; i < 5; i++) await append(talk, name, 0);
    await append(talk, name, 1, 5);
    await deleteRecords(talk, 'none at all', [before(name, 0, 0)]);
    for (const offset of [2, 1, 2, 6, -2, -3, 2 ** 40, 3, -1, 5, 0])
      await deleteRecords(talk, `of one by one, before ${offset}`, [before(name, 0, offset)]);
    await seen(talk, 'all deleted', name, 0);
    await append(talk, name, 0);
    await seen(talk, 'one more', name, 0);
    for (const offset of [2, 4, 6]) {
      await deleteRecords(talk, `within a batch, before ${offset}`, [before(name, 1, offset)]);
      await seen(talk, `within a batch, before ${offset}`, name, 1);
    }
    for (const offset of [0, 1, -1]) await deleteRecords(talk, `of an empty log, ${offset}`, [before(name, 2, offset)]);
  }),
  conversation('DeleteRecords', 'what is wrong', async (talk) => {
    const { name } = await talk.topic('asked', { partitions: 3 });
    for (const index of [0, 1, 2]) await append(talk, name, index, 5);
    await deleteRecords(talk, 'nothing', []);
    await deleteRecords(talk, 'no partitions', [{ name, partitions: [] }]);
    await deleteRecords(talk, 'unknown partition', [before(name, 9, 0)]);
    await deleteRecords(talk, 'negative partition', [before(name, -1, 0)]);
    for (const topic of [talk.name('none'), '', 'a/b', '__cluster_metadata'])
      await deleteRecords(talk, `unknown topic '${topic.startsWith('Delete') ? 'none' : topic}'`, [
        before(topic, 0, 0),
      ]);
    await deleteRecords(talk, 'internal topic', [before('__consumer_offsets', 0, 0)]);
    await deleteRecords(talk, 'unknown partition of an internal topic', [before('__consumer_offsets', 777, 0)]);
    const partitions = [2, 3].map((offset) => ({ partitionIndex: 0, offset }));
    await deleteRecords(talk, 'the same partition twice', [{ name, partitions }]);
    await deleteRecords(talk, 'the same topic twice', [before(name, 1, 2), before(name, 2, 1), before(name, 1, 1)]);
    for (const timeoutMs of [0, -1])
      await deleteRecords(talk, `timeout ${timeoutMs}`, [before(name, 2, 3)], { timeoutMs });
    for (const policy of ['compact', 'compact,delete', 'delete']) {
      const topic = await talk.topic(policy.replace(',', '-'), { configs: { 'cleanup.policy': policy } });
      const records = [{ timestampMs: Date.now(), key: Buffer.from('k'), value }];
      const topicData = [{ name: topic.name, partitionData: [{ index: 0, records: batch([], { records }) }] }];
      await talk.quietly('Produce', { acks: -1, timeoutMs: 5000, topicData }, { version: 9 });
      for (const offset of [1, -1, 7, -5])
        await deleteRecords(talk, `cleanup.policy ${policy}, ${offset}`, [before(topic.name, 0, offset)]);
    }
  }),
  conversation('DescribeLogDirs', 'partitions', async (talk) => {
    const { name } = await placed(talk, 'sized');
    const ask = (label: string, topics: readonly Said[] | null): Promise<Said> =>
      talk.ask(label, 'DescribeLogDirs', { topics });
    await ask('nothing', []);
    await ask('no partitions', [{ topic: name, partitions: [] }]);
    await ask('some', [{ topic: name, partitions: [0, 2] }]);
    await ask('all', [{ topic: name, partitions: [0, 1, 2] }]);
    await ask('what does not exist', [
      { topic: name, partitions: [7, -1] },
      { topic: talk.name('none'), partitions: [0] },
      { topic: '', partitions: [0] },
    ]);
    await ask('the same twice', [
      { topic: name, partitions: [1, 1] },
      { topic: name, partitions: [2] },
    ]);
    await deleteRecords(talk, 'delete', [before(name, 0, 3)]);
    await ask('after a deletion', [{ topic: name, partitions: [0] }]);
    await ask('all of the broker', null);
    const answer = await talk.quietly('DescribeLogDirs', { topics: null });
    const results = (pick(answer, 'results') ?? []) as readonly Said[];
    const metadata = results.filter(({ topics }) => pick(topics, 0, 'name') === '__cluster_metadata');
    talk.note('of metadata', metadata.length);
  }),
  conversation(
    'DescribeLogDirs',
    'cordoned directories',
    async (talk) => {
      const { name, paths } = await placed(talk, 'cordoned');
      const cordon = async (cordoned: string, count: number): Promise<void> => {
        const configs = [{ name: 'cordoned.log.dirs', configOperation: 0, value: cordoned }];
        const resources = [{ resourceType: 4, resourceName: '1', configs }];
        await talk.ask(`cordon ${count}`, 'IncrementalAlterConfigs', { resources }, { version: 1 });
        await talk.until('directories to be cordoned', async () => {
          const answer = await talk.quietly('DescribeLogDirs', { topics: [] }, { version: 5 });
          const results = (pick(answer, 'results') ?? []) as readonly Said[];
          return results.filter(({ isCordoned }) => isCordoned === true).length === count;
        });
        await talk.untilHeard();
      };
      const create = (label: string, topic: string, more: Said): Promise<Said> =>
        talk.ask(label, 'CreateTopics', { topics: [{ name: topic, ...more }], timeoutMs: 5000 }, { version: 4 });
      const move = (label: string, topic: string, partition: number): Promise<Said> =>
        talk.ask(label, 'AlterReplicaLogDirs', { dirs: [moved(paths[1], topic, [partition])] }, { version: 2 });
      await cordon(paths[1], 1);
      await talk.ask('one', 'DescribeLogDirs', { topics: [{ topic: name, partitions: [0, 1, 2] }] });
      await move('into it', name, 0);
      await move('to where it is', name, 1);
      await move('what does not exist, into it', talk.name('none'), 0);
      const { name: made } = await talk.topic('made', { partitions: 4 });
      talk.note('new partitions in it', (await lying(talk, made)).filter(({ logDir }) => logDir === paths[1]).length);
      await cordon('*', 3);
      await talk.ask('all', 'DescribeLogDirs', { topics: [{ topic: name, partitions: [0, 1, 2] }] });
      await create('with nowhere to go', talk.name('more'), { numPartitions: 1, replicationFactor: 1 });
      const assignments = [{ partitionIndex: 0, brokerIds: [1] }];
      await create('assigned', talk.name('assigned'), { numPartitions: -1, replicationFactor: -1, assignments });
      const topics = [{ name, count: 4, assignments: null }];
      await talk.ask('more partitions', 'CreatePartitions', { topics, timeoutMs: 5000 }, { version: 3 });
      await cordon('', 0);
    },
    { alone: true },
  ),
  conversation('AlterReplicaLogDirs', 'moves', async (talk) => {
    const { name, paths } = await placed(talk, 'moved');
    const [one, two, three] = paths;
    const all = { topics: [{ topic: name, partitions: [0, 1, 2] }] };
    const producer = { producerId: 7777, producerEpoch: 1, baseSequence: 0 };
    await append(talk, name, 2, 2, producer);
    await deleteRecords(talk, 'delete before', [before(name, 0, 2), before(name, 1, 1)]);
    const move = (label: string, ...dirs: readonly Said[]): Promise<Said> =>
      talk.ask(label, 'AlterReplicaLogDirs', { dirs });
    await move('to where it is', moved(one, name, [0]));
    await move('round', moved(two, name, [0]), moved(three, name, [1]), moved(one, name, [2]));
    await arrived(talk, name, [two, three, one]);
    await talk.ask('after it', 'DescribeLogDirs', all, { version: 5 });
    for (const partition of [0, 1, 2]) await seen(talk, `partition ${partition} after it`, name, partition);
    const topics = [{ name, partitionIndexes: [0, 1, 2] }];
    await talk.ask('producers after it', 'DescribeProducers', { topics }, { version: 0 });
    for (const partition of [0, 1, 2]) await append(talk, name, partition);
    await talk.ask('more', 'DescribeLogDirs', all, { version: 5 });
    await move('the last said counts', moved(two, name, [2, 2]), moved(three, name, [2]));
    await arrived(talk, name, [two, three, three]);
    await talk.ask('at the end', 'DescribeLogDirs', all, { version: 5 });
    for (const partition of [0, 1, 2]) await seen(talk, `partition ${partition} at the end`, name, partition);
  }),
  conversation('AlterReplicaLogDirs', 'what is wrong', async (talk) => {
    const { name, paths } = await placed(talk, 'asked');
    const move = (label: string, ...dirs: readonly Said[]): Promise<Said> =>
      talk.ask(label, 'AlterReplicaLogDirs', { dirs });
    await move('nothing');
    await move('no topics', { path: paths[0], topics: [] });
    await move('no topics to nowhere', { path: '/nowhere', topics: [] });
    await move('no partitions', moved(paths[0], name, []));
    for (const path of ['', '/', 'data', '/nowhere', `${paths[0]}/`, `${paths[0]}/../data`])
      await move(`to '${path.replace(paths[0], '')}'`, moved(path, name, [0]));
    await move('unknown partition', moved(paths[0], name, [7]));
    await move('negative partition', moved(paths[0], name, [-1]));
    for (const topic of [talk.name('none'), '', 'a/b', '__cluster_metadata', 'x'.repeat(214), 'x'.repeat(215)])
      await move(`unknown topic of ${topic.length} letters`, moved(paths[0], topic, [0]));
    await move('too long a name to nowhere', moved('/nowhere', 'x'.repeat(215), [0]));
    await move('unknown topic to nowhere', moved('/nowhere', talk.name('none'), [0]));
    await move('some of many', moved(paths[0], name, [0, 9]), moved('/nowhere', name, [1]));
  }),
  conversation('DescribeProducers', 'producers', async (talk) => {
    const { name } = await talk.topic('produced', { partitions: 3 });
    const ask = (label: string, topics: readonly Said[]): Promise<Said> =>
      talk.ask(label, 'DescribeProducers', { topics });
    await append(talk, name, 1);
    await ask('nobody', [{ name, partitionIndexes: [0, 1] }]);
    await append(talk, name, 0, 3, { producerId: 5001, producerEpoch: 2, baseSequence: 0 });
    await append(talk, name, 0, 2, { producerId: 5001, producerEpoch: 2, baseSequence: 3 });
    await ask('one', [{ name, partitionIndexes: [0, 1] }]);
    await append(talk, name, 0, 1, { producerId: 5002, producerEpoch: 0, baseSequence: 0 });
    await append(talk, name, 0, 1, { producerId: 5001, producerEpoch: 3, baseSequence: 0 });
    await append(talk, name, 1, 1, { producerId: 5001, producerEpoch: 3, baseSequence: 0 });
    await ask('two', [{ name, partitionIndexes: [0, 1, 0, 2] }]);
    await ask('nothing', []);
    await ask('no partitions', [{ name, partitionIndexes: [] }]);
    await ask('what does not exist', [
      { name, partitionIndexes: [9, -1] },
      { name: talk.name('none'), partitionIndexes: [0, 1] },
      { name: '', partitionIndexes: [0] },
      { name: 'a/b', partitionIndexes: [0] },
      { name: 'x'.repeat(250), partitionIndexes: [0] },
      { name, partitionIndexes: [2] },
      { name: '__consumer_offsets', partitionIndexes: [777] },
    ]);
  }),
];
