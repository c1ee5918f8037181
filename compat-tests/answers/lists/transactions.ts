import { conversation, type Conversation } from '../conversation.ts';
import { pick, type Said } from '../fit.ts';
import { adding, producing, readBack, Transaction, type Topics, type Written } from '../transaction.ts';

const unknownProducer = 987_654_321;

/** Others than the present producer of a transaction. */
function strangers({ producer }: Transaction): [string, Transaction['producer']][] {
  return [
    ['an unknown transactional id', { ...producer, transactionalId: `${producer.transactionalId}-unknown` }],
    ['no transactional id', { ...producer, transactionalId: '' }],
    ['another producer', { ...producer, producerId: unknownProducer }],
    ['an epoch below', { ...producer, producerEpoch: producer.producerEpoch - 1 }],
    ['an epoch above', { ...producer, producerEpoch: producer.producerEpoch + 1 }],
  ];
}

export const transactionConversations: readonly Conversation[] = [
  conversation('InitProducerId', 'transactional producers', async (talk) => {
    const transaction = await Transaction.begin(talk);
    const ask = async (label: string, of: Said): Promise<void> => {
      const asked = { transactionalId: transaction.transactionalId, transactionTimeoutMs: 60_000, ...of };
      const answer = await talk.ask(label, 'InitProducerId', asked);
      if (pick(answer, 'errorCode') === 0) transaction.hasBecome(answer);
    };
    await ask('another of the same name', {});
    for (const transactionTimeoutMs of [1, 900_000, 0, -1, 900_001, 2147483647])
      await ask(`a timeout of ${transactionTimeoutMs}`, { transactionTimeoutMs });
    await ask('no name', { transactionalId: '' });
    await transaction.describe('after that');
    if (talk.version < 3) return;
    const { producerId, producerEpoch } = transaction;
    await ask('as who it is', { producerId, producerEpoch });
    await ask('the same again', { producerId, producerEpoch });
    await ask('as who it was before', { producerId, producerEpoch: producerEpoch - 1 });
    await ask('as one to come', { producerId, producerEpoch: producerEpoch + 5 });
    await ask('as another', { producerId: unknownProducer, producerEpoch: 0 });
    await ask('as another whose epochs are used up', { producerId: unknownProducer, producerEpoch: 32766 });
    await ask('without an epoch', { producerId });
    await ask('without an id', { producerEpoch });
    const stranger = { transactionalId: talk.name('new'), producerId: unknownProducer, producerEpoch: 7 };
    await ask('as someone with a new name', stranger);
    await transaction.describe('in the end');
  }),
  conversation('InitProducerId', 'over an open transaction', async (talk) => {
    const topic = await talk.topic('open');
    for (const version of [3, 5] as const) {
      const transaction = await Transaction.begin(talk, `txn${version}`);
      await transaction.add(topic.name, version);
      const { transactionalId, producerId, producerEpoch } = transaction.producer;
      const asked = { transactionalId, transactionTimeoutMs: 60_000 };
      await talk.ask('at once', 'InitProducerId', asked);
      await transaction.complete();
      await transaction.describe('aborted');
      await talk.ask('again', 'InitProducerId', asked);
      if (talk.version >= 3)
        await talk.ask('as the former one', 'InitProducerId', { ...asked, producerId, producerEpoch });
      await talk.ask('the former one ends its transaction', 'EndTxn', { ...transaction.producer, committed: true });
      await transaction.describe('in the end');
    }
  }),
  conversation(
    'InitProducerId',
    'as itself, over its open transaction',
    async (talk) => {
      const topic = await talk.topic('own');
      const transaction = await Transaction.begin(talk);
      await transaction.add(topic.name);
      const { transactionalId, producerId, producerEpoch } = transaction.producer;
      const asked = { transactionalId, transactionTimeoutMs: 60_000, producerId, producerEpoch };
      await talk.ask('at once', 'InitProducerId', asked);
      await transaction.complete();
      await talk.ask('again', 'InitProducerId', asked);
      await transaction.describe('in the end');
    },
    { versions: [3, 4, 5] },
  ),
  conversation('AddPartitionsToTxn', 'one transaction', async (talk) => {
    const topic = await talk.topic('added', { partitions: 3 });
    const other = await talk.topic('other');
    const transaction = await Transaction.begin(talk);
    const ask = (label: string, topics: Topics, producer = transaction.producer): Promise<Said> =>
      talk.ask(label, 'AddPartitionsToTxn', adding(producer, topics));
    await ask('a partition', [[topic.name, [0]]]);
    await ask('the same again', [[topic.name, [0]]]);
    await ask('two more', [[topic.name, [1, 2]]]);
    await ask('one there is not', [[topic.name, [2, 3]]]);
    await ask('a topic there is not', [
      [other.name, [0]],
      [talk.name('none'), [0]],
    ]);
    await ask('an internal one', [['__consumer_offsets', [0]]]);
    for (const [label, producer] of strangers(transaction)) await ask(label, [[other.name, [0]]], producer);
    await transaction.describe('what is in it');
    await talk.quietly('EndTxn', { ...transaction.producer, committed: true }, { version: 4 });
    await transaction.complete();
    await ask('the next transaction', [[other.name, [0]]]);
    await transaction.describe('what is in the next');
  }),
  conversation(
    'AddPartitionsToTxn',
    'several transactions, and verifying',
    async (talk) => {
      const topic = await talk.topic('several', { partitions: 2 });
      const [one, two] = [await Transaction.begin(talk, 'one'), await Transaction.begin(talk, 'two')];
      await one.add(topic.name);
      const asked = (producer: Transaction['producer'], verifyOnly: boolean, topics: Topics): Said =>
        (adding(producer, topics, verifyOnly)['transactions'] as Said[])[0] as Said;
      const ask = (label: string, ...transactions: Said[]): Promise<Said> =>
        talk.ask(label, 'AddPartitionsToTxn', { transactions });
      await ask('verify one that is in it', asked(one.producer, true, [[topic.name, [0]]]));
      await ask('verify one that is not', asked(one.producer, true, [[topic.name, [0, 1]]]));
      await ask('verify where there is no transaction', asked(two.producer, true, [[topic.name, [0]]]));
      for (const [label, producer] of strangers(one))
        await ask(`verify ${label}`, asked(producer, true, [[topic.name, [0]]]));
      await ask('verify one there is not', asked(one.producer, true, [[topic.name, [0, 9]]]));
      await ask(
        'add to two',
        asked(one.producer, false, [[topic.name, [1]]]),
        asked(two.producer, false, [[topic.name, [0]]]),
      );
      await one.describe('what is in the first');
      await two.describe('what is in the second');
    },
    { versions: [4, 5] },
  ),
  conversation('AddOffsetsToTxn', 'offsets of groups', async (talk) => {
    const transaction = await Transaction.begin(talk);
    const ask = (label: string, groupId: string, producer = transaction.producer): Promise<Said> =>
      talk.ask(label, 'AddOffsetsToTxn', { ...producer, groupId });
    await ask('a group', 'group');
    await ask('the same again', 'group');
    await ask('a group without a name', '');
    for (const [label, producer] of strangers(transaction)) await ask(label, 'another', producer);
    await transaction.describe('what is in it');
  }),
  conversation('EndTxn', 'commits and aborts', async (talk) => {
    const topic = await talk.topic('ended');
    const adds = talk.version >= 5 ? 5 : 3;
    for (const committed of [true, false]) {
      const transaction = await Transaction.begin(talk, `txn-${committed}`);
      const ask = async (label: string, decision: boolean, producer = transaction.producer): Promise<void> => {
        const answer = await talk.ask(label, 'EndTxn', { ...producer, committed: decision });
        if (pick(answer, 'errorCode') === 0) await transaction.complete();
        if (pick(answer, 'errorCode') === 0 && talk.version >= 5) transaction.hasBecome(answer);
        await transaction.describe(`then, ${label}`);
      };
      await ask('nothing to commit', true);
      await ask('nothing to abort', false);
      await transaction.add(topic.name, adds);
      for (const [label, producer] of strangers(transaction)) await ask(label, committed, producer);
      const before = transaction.producer;
      await ask('an open transaction', committed);
      await ask('the same again', committed, before);
      await ask('the opposite', !committed, before);
      await ask('once more, as who it is now', committed);
      await ask('the opposite, as who it is now', !committed);
      await transaction.add(topic.name, adds);
      await ask('the next transaction', committed);
    }
  }),
  conversation(
    'TxnOffsetCommit',
    'offsets in a transaction',
    async (talk) => {
      const topic = await talk.topic('offsets', { partitions: 2 });
      const groupId = talk.name('group');
      const transaction = await Transaction.begin(talk);
      const commit = (label: string, of: Said = {}, offset = 7, partitions = [0]): Promise<Said> =>
        talk.ask(label, 'TxnOffsetCommit', {
          ...transaction.producer,
          groupId,
          topics: [
            {
              name: topic.name,
              partitions: partitions.map((partitionIndex) => ({
                partitionIndex,
                committedOffset: offset,
                committedMetadata: 'm',
              })),
            },
          ],
          ...of,
        });
      const fetch = async (label: string): Promise<void> => {
        for (const requireStable of [true, false])
          await talk.ask(`${label}, ${requireStable ? 'stable' : 'as it is'}`, 'OffsetFetch', {
            groups: [{ groupId, topics: [{ name: topic.name, topicId: topic.topicId, partitionIndexes: [0, 1] }] }],
            requireStable,
          });
      };
      await talk.until('a coordinator of groups', async () => {
        await talk.quietly('FindCoordinator', { coordinatorKeys: [groupId] }, { version: 4 });
        const answer = await talk.quietly('OffsetFetch', { groups: [{ groupId, topics: null }] }, { version: 8 });
        return pick(answer, 'groups', 0, 'errorCode') === 0;
      });
      if (talk.version < 5) {
        await commit('before the group was added');
        await talk.quietly('AddOffsetsToTxn', { ...transaction.producer, groupId }, { version: 3 });
      }
      await commit('an offset');
      await transaction.describe('what is in it');
      await fetch('while it is open');
      await commit('another', {}, 8, [0, 1]);
      await commit('partitions there are not', {}, 8, [0, 5]);
      await commit('a topic there is not', {
        topics: [
          { name: talk.name('none'), partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: null }] },
        ],
      });
      await commit('no topics', { topics: [] });
      await commit('a group without a name', { groupId: '' });
      await commit('metadata too long', {
        topics: [
          {
            name: topic.name,
            partitions: [{ partitionIndex: 1, committedOffset: 1, committedMetadata: 'x'.repeat(5000) }],
          },
        ],
      });
      if (talk.version >= 3) {
        await commit('with a generation', { generationId: 5, memberId: 'm' });
        await commit('with a member', { memberId: 'm' });
      }
      for (const [label, producer] of strangers(transaction)) await commit(label, producer);
      await transaction.end(true, talk.version >= 5 ? 5 : 4);
      await fetch('committed');
      await commit('after the end', { producerEpoch: transaction.producerEpoch - 1 });
      if (talk.version < 5) await talk.quietly('AddOffsetsToTxn', { ...transaction.producer, groupId }, { version: 3 });
      await commit('to be aborted', {}, 100);
      await fetch('before the abort');
      await transaction.end(false, talk.version >= 5 ? 5 : 4);
      await fetch('aborted');
    },
    // Of requests that wait together for the coordinator Apache Kafka gives all the errors of the first one's version.
    { alone: true },
  ),
  conversation(
    'Produce',
    'within transactions',
    async (talk) => {
      const topic = await talk.topic('written');
      const transaction = await Transaction.begin(talk);
      const ask = (label: string, written: Written = {}): Promise<Said> =>
        talk.ask(label, 'Produce', producing(transaction, topic, written));
      const adds = talk.version < 12;
      if (adds) {
        await ask('before the partition was added');
        await transaction.add(topic.name);
      }
      await ask('a first record');
      await ask('the same again');
      await ask('a second record', { baseSequence: 1 });
      await ask('with a gap', { baseSequence: 9 });
      await ask('outside of the transaction', { baseSequence: 2, isTransactional: false });
      await ask('without the transactional id', { baseSequence: 2, transactionalId: null });
      await ask('under another transactional id', { baseSequence: 2, transactionalId: talk.name('other') });
      await ask('of an epoch below', { producerEpoch: transaction.producerEpoch - 1 });
      await ask('of an epoch above', { producerEpoch: transaction.producerEpoch + 1 });
      await ask('of another producer', { producerId: unknownProducer });
      await readBack(talk, topic);
      await talk.ask('who writes there', 'DescribeProducers', {
        topics: [{ name: topic.name, partitionIndexes: [0] }],
      });
      await transaction.describe('what is in it');
      await transaction.end(false, adds ? 4 : 5);
      await readBack(talk, topic);
      await talk.ask('who wrote there', 'DescribeProducers', { topics: [{ name: topic.name, partitionIndexes: [0] }] });
      const next = adds ? 2 : 0;
      if (adds) await ask('after the end', { baseSequence: next });
      if (adds) await transaction.add(topic.name);
      await ask('in the next transaction', { baseSequence: next });
      await transaction.end(true, adds ? 4 : 5);
      await ask('a late one of the transaction before', {
        producerEpoch: transaction.producerEpoch - 1,
        baseSequence: 1,
      });
      await readBack(talk, topic);
    },
    // Of requests that wait together for the coordinator Apache Kafka gives all the errors of the first one's version.
    { versions: [3, 6, 7, 8, 9, 10, 11, 12, 13], alone: true },
  ),
  conversation('Fetch', 'aborted transactions', async (talk) => {
    const topic = await talk.topic('interleaved');
    const writers = [
      await Transaction.begin(talk, 'a'),
      await Transaction.begin(talk, 'b'),
      await Transaction.begin(talk, 'c'),
    ];
    for (const writer of writers) await talk.quietly('Produce', producing(writer, topic), { version: 12 });
    const [a, b, c] = writers as [Transaction, Transaction, Transaction];
    await readBack(talk, topic);
    await c.end(false, 5);
    await readBack(talk, topic);
    await a.end(false, 5);
    await readBack(talk, topic);
    await b.end(true, 5);
    await readBack(talk, topic);
  }),
  conversation('WriteTxnMarkers', 'markers by request', async (talk) => {
    const topic = await talk.topic('marked', { partitions: 2 });
    // A marker by request fences the coordinator: Apache Kafka would not get to the end of a transaction out of time.
    const transaction = await Transaction.begin(talk, 'txn', 900_000);
    await transaction.add(topic.name);
    await talk.quietly('Produce', producing(transaction, topic), { version: 11 });
    const { producerId, producerEpoch } = transaction;
    const ask = (label: string, of: Said = {}, topics: Topics = [[topic.name, [0]]]): Promise<Said> =>
      talk.ask(label, 'WriteTxnMarkers', {
        markers: [
          {
            producerId,
            producerEpoch,
            coordinatorEpoch: 0,
            topics: topics.map(([name, partitionIndexes]) => ({ name, partitionIndexes })),
            ...of,
          },
        ],
      });
    await ask('of an epoch below', { producerEpoch: producerEpoch - 1 });
    await ask('to partitions there are not', {}, [
      [topic.name, [1, 7]],
      [talk.name('none'), [0]],
    ]);
    if (talk.version >= 2) {
      await ask('of transactions v2, with the epoch of the records', { transactionVersion: 2 });
      await ask('of transactions v1', { transactionVersion: 1 });
    }
    await ask('an abort');
    await ask('the same again');
    if (talk.version >= 2) {
      await ask('again, of transactions v2', { transactionVersion: 2 });
      await ask('of transactions v2, with an epoch above', { transactionVersion: 2, producerEpoch: producerEpoch + 1 });
    }
    await ask('a commit, of a later coordinator', {
      transactionResult: true,
      coordinatorEpoch: 5,
      producerEpoch: producerEpoch + 1,
    });
    await ask('of an earlier coordinator', { coordinatorEpoch: 4, producerEpoch: producerEpoch + 1 });
    await ask('of a producer that has never been here', { producerId: unknownProducer });
    await talk.ask('nothing', 'WriteTxnMarkers', { markers: [] });
    await talk.ask('who wrote there', 'DescribeProducers', {
      topics: [{ name: topic.name, partitionIndexes: [0, 1] }],
    });
    await readBack(talk, topic);
  }),
  conversation(
    'AddPartitionsToTxn',
    'what Apache Kafka never answers',
    async (talk) => {
      await talk.ask('no transactions', 'AddPartitionsToTxn', { transactions: [] }, { limitMs: 1000 });
    },
    { versions: [4, 5] },
  ),
  conversation('WriteTxnMarkers', 'what Apache Kafka never answers', async (talk) => {
    const topic = await talk.topic('twice');
    const transaction = await Transaction.begin(talk);
    const { producerId, producerEpoch } = transaction;
    const topics = [{ name: topic.name, partitionIndexes: [0, 0] }];
    const markers = [{ producerId, producerEpoch, coordinatorEpoch: 0, topics }];
    await talk.ask('a partition twice', 'WriteTxnMarkers', { markers }, { limitMs: 1000 });
  }),
  conversation('DescribeTransactions', 'what is known', async (talk) => {
    const topic = await talk.topic('described', { partitions: 2 });
    const transaction = await Transaction.begin(talk, 'txn', 12_345);
    await transaction.describe('new');
    await transaction.add(topic.name);
    await transaction.describe('open');
    await transaction.end(true);
    await transaction.describe('committed');
    const { transactionalId } = transaction;
    const transactionalIds = [talk.name('none'), '', transactionalId, transactionalId];
    await talk.ask('several', 'DescribeTransactions', { transactionalIds });
    await talk.ask('none', 'DescribeTransactions', { transactionalIds: [] });
  }),
  conversation('ListTransactions', 'filters', async (talk) => {
    const topic = await talk.topic('listed');
    const all = [];
    for (const what of ['a', 'b', 'c.d']) all.push(await Transaction.begin(talk, what));
    const [a, b] = all as [Transaction, Transaction];
    await a.add(topic.name);
    await b.add(topic.name);
    await b.end(false);
    const mine = all.map(({ producerId }) => producerId);
    const ask = (label: string, of: Said): Promise<Said> =>
      talk.ask(label, 'ListTransactions', { producerIdFilters: mine, ...of });
    await ask('all of these', {});
    for (const states of [
      ['Ongoing'],
      ['CompleteAbort', 'Empty'],
      ['ongoing'],
      ['Nonsense', 'Empty'],
      ['Nonsense'],
      ['Dead'],
      [''],
    ])
      await ask(`in state ${states.join()}`, { stateFilters: states });
    await ask('of one producer', { producerIdFilters: [a.producerId] });
    await ask('of nobody', { producerIdFilters: [unknownProducer] });
    if (talk.version >= 1)
      for (const durationFilter of [0, 3_600_000, -1, -5]) await ask(`for ${durationFilter} ms`, { durationFilter });
    if (talk.version >= 2)
      for (const transactionalIdPattern of ['.*-a', '.*', 'a', '', '(', null, '.*-c[.]d', '.*-[ab]$', '\\Q', '(?=a)'])
        await ask(`like ${transactionalIdPattern}`, { transactionalIdPattern });
  }),
  conversation(
    'EndTxn',
    'a transaction out of time',
    async (talk) => {
      const topic = await talk.topic('late');
      const adds = talk.version >= 5 ? 5 : 3;
      const transaction = await Transaction.begin(talk, 'txn', 100);
      await transaction.add(topic.name, adds);
      await talk.quietly('Produce', producing(transaction, topic), { version: 11 });
      await talk.until('the transaction to be aborted', async () => {
        const asked = { transactionalIds: [transaction.transactionalId] };
        const answer = await talk.quietly('DescribeTransactions', asked, { version: 0 });
        return pick(answer, 'transactionStates', 0, 'transactionState') === 'CompleteAbort';
      });
      await transaction.describe('when it is gone');
      await talk.ask('commit', 'EndTxn', { ...transaction.producer, committed: true });
      await talk.ask('abort', 'EndTxn', { ...transaction.producer, committed: false });
      await talk.ask('add', 'AddPartitionsToTxn', adding(transaction.producer, [[topic.name, [0]]]), { version: 3 });
      await talk.ask('write', 'Produce', producing(transaction, topic, { baseSequence: 1 }), { version: 12 });
      const { producerId, producerEpoch, transactionalId } = transaction;
      const back = { transactionalId, transactionTimeoutMs: 1000, producerId, producerEpoch };
      await talk.ask('come back', 'InitProducerId', back, { version: 5 });
      await transaction.describe('in the end');
      await readBack(talk, topic);
    },
    { versions: [0, 1, 2, 4, 5] },
  ),
];
