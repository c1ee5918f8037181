import { conversation, type Conversation } from '../conversation.ts';
import { pick, type Said } from '../fit.ts';
import type { Talk } from '../talk.ts';

const zeroId = 'AAAAAAAAAAAAAAAAAAAAAA';
const unknownId = '0123456789abcdefABCDEg';
const long = 'x'.repeat(250);
const badNames = ['', '.', '..', 'a/b', 'a b', 'ä', long, 'x'.repeat(249), 'a\u0000b', 'a:b', '__consumer_offsets'];

function create(talk: Talk, label: string, topics: readonly Said[], more: Said = {}): Promise<Said> {
  const whole = topics.map((each) => ({ numPartitions: 1, replicationFactor: 1, ...each }));
  return talk.ask(label, 'CreateTopics', { topics: whole, timeoutMs: 10_000, ...more });
}

const config = (name: string, value: string | null): Said => ({ name, value });

async function untilGone(talk: Talk, name: string): Promise<void> {
  await talk.until(`${name} to be gone`, async () => {
    const wanted = { topics: [{ name }], allowAutoTopicCreation: false };
    return pick(await talk.quietly('Metadata', wanted, { version: 12 }), 'topics', 0, 'errorCode') === 3;
  });
}

export const topicConversations: readonly Conversation[] = [
  conversation('CreateTopics', 'counts', async (talk) => {
    await talk.ask('default values', 'CreateTopics', {});
    await create(talk, 'plain', [{ name: talk.name('plain') }]);
    await create(talk, 'once more', [{ name: talk.name('plain') }]);
    await create(talk, 'once more, only to see', [{ name: talk.name('plain') }], { validateOnly: true });
    await create(talk, 'only to see', [{ name: talk.name('seen') }], { validateOnly: true });
    for (const numPartitions of [-2, -1, 0, 3, 10_001])
      await create(talk, `${numPartitions} partitions`, [{ name: talk.name(`p${numPartitions}`), numPartitions }], {
        validateOnly: numPartitions > 1000,
      });
    for (const replicationFactor of [-2, -1, 0, 2, 32767])
      await create(talk, `replication factor ${replicationFactor}`, [
        { name: talk.name(`r${replicationFactor}`), replicationFactor },
      ]);
    await create(talk, 'nothing said of either', [
      { name: talk.name('free'), numPartitions: -1, replicationFactor: -1 },
    ]);
    await create(talk, 'two, in the order of asking', [
      { name: talk.name('z') },
      { name: talk.name('b') },
      { name: talk.name('k') },
    ]);
    await create(talk, 'the same twice', [{ name: talk.name('same') }, { name: talk.name('same') }]);
    await create(talk, 'the same twice and another', [
      { name: talk.name('same') },
      { name: talk.name('other') },
      { name: talk.name('same'), numPartitions: 4 },
    ]);
    await create(talk, 'names alike in metrics', [{ name: talk.name('a.b') }]);
    await create(talk, 'names alike in metrics, the other', [{ name: talk.name('a_b') }]);
    await create(talk, 'no time', [{ name: talk.name('hurry') }], { timeoutMs: 0 });
    await create(talk, 'negative time', [{ name: talk.name('past') }], { timeoutMs: -1 });
  }),
  conversation('CreateTopics', 'names', async (talk) => {
    for (const name of badNames) if (name.length !== 249) await create(talk, `name ${name.slice(0, 10)}`, [{ name }]);
    await create(talk, 'bad and good', [{ name: 'a/b' }, { name: talk.name('good') }]);
    await create(talk, 'a longest name', [{ name: 'x'.repeat(249) }], { validateOnly: true });
  }),
  conversation('CreateTopics', 'assignments', async (talk) => {
    const assigned = (label: string, assignments: readonly (readonly [number, readonly number[]])[], more: Said = {}) =>
      create(talk, label, [
        {
          name: talk.name(label.replace(/\W/g, '-')),
          numPartitions: -1,
          replicationFactor: -1,
          assignments: assignments.map(([partitionIndex, brokerIds]) => ({ partitionIndex, brokerIds })),
          ...more,
        },
      ]);
    await assigned('good', [
      [0, [1]],
      [1, [1]],
    ]);
    await assigned('in any order', [
      [1, [1]],
      [0, [1]],
    ]);
    await assigned('a gap', [
      [0, [1]],
      [2, [1]],
    ]);
    await assigned('not from 0', [[1, [1]]]);
    await assigned('negative', [[-1, [1]]]);
    await assigned('twice', [
      [0, [1]],
      [0, [1]],
    ]);
    await assigned('an unknown broker', [[0, [9]]]);
    await assigned('a negative broker', [[0, [-1]]]);
    await assigned('a broker twice', [[0, [1, 1]]]);
    await assigned('no brokers', [[0, []]]);
    await assigned('uneven', [
      [0, [1]],
      [1, [1, 2]],
    ]);
    await assigned('with a count', [[0, [1]]], { numPartitions: 1 });
    await assigned('with a factor', [[0, [1]]], { replicationFactor: 1 });
    await assigned('with both', [[0, [1]]], { numPartitions: 1, replicationFactor: 1 });
  }),
  conversation('CreateTopics', 'configs', async (talk) => {
    const configured = (label: string, ...configs: Said[]) =>
      create(talk, label, [{ name: talk.name(label.replace(/\W/g, '-')), configs }]);
    await configured('one', config('retention.ms', '1000'));
    await configured(
      'several',
      config('cleanup.policy', 'compact,delete'),
      config('segment.bytes', '2000000'),
      config('compression.type', 'zstd'),
    );
    await configured('spaces', config('retention.ms', ' 1000 '));
    await configured('unknown', config('no.such.config', '1'));
    await configured('empty name', config('', '1'));
    await configured('not a number', config('retention.ms', 'abc'));
    await configured('empty value', config('retention.ms', ''));
    await configured('out of range', config('min.insync.replicas', '0'));
    await configured('not a choice', config('cleanup.policy', 'shrink'));
    await configured('null value', config('retention.ms', null));
    await configured('null and good', config('retention.ms', null), config('segment.bytes', '2000000'));
    await configured('the same twice', config('retention.ms', '1'), config('retention.ms', '2'));
    await configured('a broker config', config('log.retention.ms', '1'));
    await configured('remote storage', config('remote.storage.enable', 'true'));
    await configured('upper case', config('cleanup.policy', 'COMPACT'));
    await configured('boolean', config('preallocate', 'yes'));
    await configured('two bad ones', config('retention.ms', 'abc'), config('no.such.config', '1'));
    await configured('small segments', config('segment.bytes', '100'));
    await configured('empty cleanup policy', config('cleanup.policy', ''));
    await configured('throttled replicas', config('leader.replication.throttled.replicas', '*'));
    await configured('bad throttled replicas', config('leader.replication.throttled.replicas', 'x'));
    await configured(
      'more local than total retention',
      config('retention.ms', '1000'),
      config('local.retention.ms', '2000'),
    );
    await configured('all kinds of sources', config('min.insync.replicas', '3'), config('max.message.bytes', '10'));
  }),
  conversation('DeleteTopics', 'by name', async (talk) => {
    await talk.ask('default values', 'DeleteTopics', {});
    const asked = (label: string, names: readonly string[], more: Said = {}): Promise<Said> =>
      talk.ask(label, 'DeleteTopics', {
        topicNames: names,
        topics: names.map((name) => ({ name })),
        timeoutMs: 10_000,
        ...more,
      });
    const one = await talk.topic('one');
    const two = await talk.topic('two');
    await asked('one', [one.name]);
    await untilGone(talk, one.name);
    await asked('once more', [one.name]);
    await asked('unknown', [talk.name('none')]);
    await asked('known and unknown', [talk.name('none'), two.name]);
    for (const name of ['', 'a/b', '..']) await asked(`name ${name}`, [name]);
    const three = await talk.topic('three');
    await asked('the same twice', [three.name, three.name]);
    await asked('the same twice and another', [three.name, talk.name('none'), three.name]);
    await asked(
      'in the order of asking',
      ['z', 'b', 'k'].map((each) => talk.name(each)),
    );
    await asked('no time', [talk.name('none')], { timeoutMs: 0 });
  }),
  conversation(
    'DeleteTopics',
    'by id',
    async (talk) => {
      const asked = (label: string, topics: readonly Said[]): Promise<Said> =>
        talk.ask(label, 'DeleteTopics', { topics, timeoutMs: 10_000 });
      const one = await talk.topic('one');
      await asked('id', [{ topicId: one.topicId }]);
      await untilGone(talk, one.name);
      await asked('id once more', [{ topicId: one.topicId }]);
      await asked('unknown id', [{ topicId: unknownId }]);
      await asked('neither', [{}]);
      await asked('the zero id', [{ topicId: zeroId }]);
      const two = await talk.topic('two');
      await asked('both', [two]);
      await asked('the same id twice', [{ topicId: two.topicId }, { topicId: two.topicId }]);
      await asked('name and id of the same', [{ name: two.name }, { topicId: two.topicId }]);
      const three = await talk.topic('three');
      await asked('empty name and id', [{ name: '', topicId: three.topicId }]);
      await asked('a reserved id', [{ topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' }]);
    },
    { versions: [6] },
  ),
  conversation('CreatePartitions', 'counts', async (talk) => {
    await talk.ask('default values', 'CreatePartitions', {});
    const topic = await talk.topic('grows', { partitions: 2 });
    const asked = (label: string, topics: readonly Said[], more: Said = {}): Promise<Said> =>
      talk.ask(label, 'CreatePartitions', {
        topics: topics.map((each) => ({ assignments: null, ...each })),
        timeoutMs: 10_000,
        validateOnly: false,
        ...more,
      });
    const { name } = topic;
    for (const count of [-1, 0, 1, 2]) await asked(`${count}`, [{ name, count }]);
    await asked('only to see', [{ name, count: 3 }], { validateOnly: true });
    await asked('3', [{ name, count: 3 }]);
    await asked('too many', [{ name, count: 20_000 }], { validateOnly: true });
    await asked('unknown', [{ name: talk.name('none'), count: 3 }]);
    await asked('no name', [{ name: '', count: 3 }]);
    await asked('bad name', [{ name: 'a/b', count: 3 }]);
    await asked('the same twice', [
      { name, count: 5 },
      { name, count: 6 },
    ]);
    await asked('the same twice and another', [
      { name, count: 5 },
      { name: talk.name('none'), count: 6 },
      { name, count: 6 },
    ]);
    await asked('internal', [{ name: '__consumer_offsets', count: 1 }]);
    const given = (label: string, count: number, ...brokers: number[][]) =>
      asked(label, [{ name, count, assignments: brokers.map((brokerIds) => ({ brokerIds })) }], { validateOnly: true });
    await given('assigned', 4, [1]);
    await given('too few assigned', 5, [1]);
    await given('too many assigned', 4, [1], [1]);
    await given('none assigned', 4);
    await given('unknown broker assigned', 4, [9]);
    await given('negative broker assigned', 4, [-1]);
    await given('a broker twice assigned', 4, [1, 1]);
    await given('no brokers assigned', 4, []);
    await given('more replicas than the others', 4, [1, 2]);
    await asked('no time', [{ name, count: 4 }], { timeoutMs: 0, validateOnly: true });
    await asked(
      'several in the order of asking',
      ['z', 'b', 'k'].map((each) => ({ name: talk.name(each), count: 1 })),
    );
  }),
  conversation('Metadata', 'topics', async (talk) => {
    const one = await talk.topic('one', { partitions: 3 });
    const two = await talk.topic('two');
    const asked = (label: string, topics: readonly Said[] | null, more: Said = {}): Promise<Said> =>
      talk.ask(label, 'Metadata', { topics, allowAutoTopicCreation: false, ...more });
    await asked('one', [{ name: one.name }]);
    await asked('two', [{ name: two.name }, { name: one.name }]);
    await asked('the same twice', [{ name: one.name }, { name: one.name }]);
    await asked('internal', [{ name: '__consumer_offsets' }]);
    if (talk.version >= 4) {
      await asked('unknown', [{ name: talk.name('none') }]);
      await asked('known and unknown', [{ name: talk.name('none') }, { name: one.name }]);
      await asked('internal, not there', [{ name: '__transaction_state' }]);
      for (const name of badNames) if (name.length !== 249) await asked(`name ${name.slice(0, 10)}`, [{ name }]);
    }
    for (const name of ['', 'a/b', long])
      await asked(`name ${name.slice(0, 10)}, to be created`, [{ name }], { allowAutoTopicCreation: true });
    await asked('bad and good', [{ name: 'a/b' }, { name: one.name }], { allowAutoTopicCreation: true });
    await asked('with what may be done', [{ name: one.name }], {
      includeClusterAuthorizedOperations: true,
      includeTopicAuthorizedOperations: true,
    });
    if (talk.version >= 10) {
      await asked('id and name', [{ name: one.name, topicId: one.topicId }]);
      await asked('id and a null name', [{ name: null, topicId: one.topicId }]);
      await asked('a null name', [{ name: null }]);
      await asked('unknown id', [{ name: null, topicId: unknownId }]);
      await asked('ids, known and unknown', [
        { name: null, topicId: unknownId },
        { name: null, topicId: two.topicId },
      ]);
      await asked('an id and a name', [{ name: null, topicId: two.topicId }, { name: one.name }]);
      await asked('the same id twice', [
        { name: null, topicId: two.topicId },
        { name: null, topicId: two.topicId },
      ]);
    }
  }),
  conversation(
    'Metadata',
    'all topics',
    async (talk) => {
      await talk.ask('empty', 'Metadata', { topics: [] });
      if (talk.version >= 1) await talk.ask('null', 'Metadata', { topics: null });
      await talk.ask('default values', 'Metadata', {});
      await talk.ask('empty, with what may be done', 'Metadata', {
        topics: [],
        includeClusterAuthorizedOperations: true,
        includeTopicAuthorizedOperations: true,
      });
    },
    { alone: true },
  ),
  conversation('Metadata', 'a topic that is made when asked for', async (talk) => {
    const name = talk.name('new');
    await talk.ask('the first time', 'Metadata', { topics: [{ name }], allowAutoTopicCreation: true });
    await talk.untilLed(name, 1);
    await talk.ask('later', 'Metadata', { topics: [{ name }], allowAutoTopicCreation: true });
  }),
];
