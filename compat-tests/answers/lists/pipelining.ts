import { batch } from '../batches.ts';
import { conversation, type Conversation } from '../conversation.ts';
import type { Said } from '../fit.ts';
import type { Pipelined } from '../talk.ts';
import { timed } from '../timed.ts';

interface Target {
  readonly name: string;
  readonly topicId: string;
}

const append = (topic: Target, records: Buffer, acks = -1, index = 0): Pipelined => ({
  api: 'Produce',
  value: { acks, timeoutMs: 5000, topicData: [{ ...topic, partitionData: [{ index, records }] }] },
  withoutAnswer: acks === 0,
});

function read(topic: Target, fetchOffset: number, more: Said = {}): Pipelined {
  const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: 1_000_000 }];
  const topics = [{ topic: topic.name, topicId: topic.topicId, partitions }];
  return { api: 'Fetch', value: { maxWaitMs: 0, minBytes: 0, maxBytes: 1_000_000, topics, ...more } };
}

const heartbeat: Pipelined = { api: 'Heartbeat', value: { groupId: 'none', generationId: 1, memberId: 'nobody' } };

/** Requests sent without waiting for answers: they are answered in the order of asking, whatever each takes. */
export const pipeliningConversations: readonly Conversation[] = [
  conversation(
    'Produce',
    'a hundred at once',
    async (talk) => {
      const topic = await talk.topic('deep', { partitions: 2 });
      const sequence = (baseSequence: number): Buffer =>
        batch(['x'], { producerId: 4_000_000, producerEpoch: 0, baseSequence });
      await talk.askAtOnce(
        'plain',
        Array.from({ length: 100 }, (_, i) => append(topic, batch([`value ${i}`]), i % 3 === 0 ? 1 : -1, i % 2)),
      );
      await talk.askAtOnce(
        'idempotent, with a gap and a duplicate',
        [0, 1, 2, 3, 3, 5, 4, 5, 6, 6, 0, 7].map((first) => append(topic, sequence(first))),
      );
      await talk.askAtOnce('some without an answer', [
        append(topic, batch(['a']), 0),
        append(topic, batch(['b'])),
        append(topic, batch(['c']), 0),
        append(topic, batch(['d']), 0),
        read(topic, 50),
      ]);
      await talk.askAtOnce('one that fails without an answer', [
        append(topic, batch(['e'])),
        append({ name: talk.name('none'), topicId: '0123456789abcdefABCDEg' }, batch(['f']), 0),
        append(topic, batch(['g'])),
      ]);
      await talk.askAtOnce('what is stored', [read(topic, 0)]);
    },
    { versions: [3, 7, 9, 12, 13] },
  ),
  conversation(
    'Fetch',
    'others behind one that waits',
    async (talk) => {
      const topic = await talk.topic('waited');
      await timed(talk, 'an append that would have ended the wait', 290, 4000, () =>
        talk.askAtOnce('an append that would have ended the wait', [
          read(topic, 0, { maxWaitMs: 300, minBytes: 1 }),
          append(topic, batch(['a'])),
          read(topic, 0, { maxWaitMs: 2000, minBytes: 1 }),
        ]),
      );
      await timed(talk, 'waits add up', 590, 4000, () =>
        talk.askAtOnce('waits add up', [
          read(topic, 1, { maxWaitMs: 300, minBytes: 1 }),
          heartbeat,
          read(topic, 1, { maxWaitMs: 300, minBytes: 1 }),
        ]),
      );
    },
    { versions: [4, 11, 12, 13, 18] },
  ),
  conversation(
    'Metadata',
    'all kinds at once',
    async (talk) => {
      const topic = await talk.topic('mixed');
      const known: Pipelined = { api: 'Metadata', value: { topics: [{ name: topic.name }] } };
      const create = (what: string): Pipelined => ({
        api: 'CreateTopics',
        value: { topics: [{ name: talk.name(what), numPartitions: 1, replicationFactor: 1 }], timeoutMs: 5000 },
      });
      const group = talk.name('group');
      await talk.askAtOnce('mixed', [
        known,
        append(topic, batch(['a'])),
        create('one'),
        heartbeat,
        create('one'),
        { api: 'FindCoordinator', value: { coordinatorKeys: [group] } },
        {
          api: 'OffsetCommit',
          value: {
            groupId: group,
            topics: [{ ...topic, partitions: [{ committedOffset: 1, committedMetadata: '' }] }],
          },
          version: 9,
        },
        { api: 'OffsetFetch', value: { groups: [{ groupId: group, topics: null }] }, version: 9 },
        read(topic, 0),
        { api: 'DeleteTopics', value: { topics: [{ name: talk.name('one') }], timeoutMs: 5000 } },
        { api: 'DescribeGroups', value: { groups: [group] } },
        known,
      ]);
      await talk.askAtOnce(
        'five hundred',
        Array.from({ length: 500 }, () => heartbeat),
      );
    },
    { versions: [12] },
  ),
];
