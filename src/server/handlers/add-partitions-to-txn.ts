/**
 * AddPartitionsToTxn v0-5: partitions become part of a producer's transaction, before it writes to them.
 *
 * - v0-3 come from producers, one transaction each; a fenced one is told PRODUCER_FENCED from v2 on.
 * - v4 and v5 come from brokers, several transactions each, to add or only to verify (KIP-890); with v5 the client's epoch
 *   rises with every transaction.
 * - One partition that does not exist keeps all of its transaction from being added.
 */
import type { MetadataImage } from '../../metadata/index.ts';
import type { Partitions } from '../../transactions/index.ts';
import { ErrorCode, type Input } from '../../wire/index.ts';
import { AddPartitionsToTxnRequest, AddPartitionsToTxnResponse } from '../../wire/messages/index.ts';
import { fencedAs } from '../fenced-as.ts';
import { api, route, type Route } from '../route.ts';
import { isInternalTopic } from '../topics.ts';
import type { TransactionCoordinator } from '../transaction-coordinator.ts';

const FIRST_WITH_PRODUCER_FENCED = 2;
const FIRST_BATCHED = 4;
const FIRST_RAISING_EPOCHS = 5;

type Asked = AddPartitionsToTxnRequest['transactions'][number];
type Topics = NonNullable<Input<typeof AddPartitionsToTxnResponse>['resultsByTopicV3AndBelow']>;

interface Rooms {
  readonly transactions: TransactionCoordinator;
  readonly image: () => MetadataImage;
}

export function addPartitionsToTxn(rooms: Rooms): Route {
  return route(
    api(AddPartitionsToTxnRequest, AddPartitionsToTxnResponse),
    { authorize: { operation: 'Write', resource: 'TransactionalId' } },
    async (request, { version }) => {
      if (version >= FIRST_BATCHED) {
        const answered = request.transactions.map(async (transaction) => ({
          transactionalId: transaction.transactionalId,
          topicResults: await addOrVerify(rooms, transaction, version),
        }));
        return { resultsByTransaction: await Promise.all(answered) };
      }
      const transaction: Asked = {
        transactionalId: request.v3AndBelowTransactionalId,
        producerId: request.v3AndBelowProducerId,
        producerEpoch: request.v3AndBelowProducerEpoch,
        verifyOnly: false,
        topics: request.v3AndBelowTopics,
      };
      return { resultsByTopicV3AndBelow: await addOrVerify(rooms, transaction, version) };
    },
  );
}

async function addOrVerify({ transactions, image }: Rooms, asked: Asked, version: number): Promise<Topics> {
  const { transactionalId, producerId, producerEpoch, verifyOnly } = asked;
  const partitions = partitionsOf(asked);
  const { topics } = image();
  const problemOf = (topic: string, partition: number): number => {
    // Producers write to the groups' offsets by other ways.
    if (version < FIRST_BATCHED && isInternalTopic(topic)) return ErrorCode.TOPIC_AUTHORIZATION_FAILED;
    return topics.partition(topic, partition) === undefined ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE;
  };
  if ([...partitions].some(([topic, ids]) => [...ids].some((id) => problemOf(topic, id) !== ErrorCode.NONE)))
    return results(partitions, (topic, id) => problemOf(topic, id) || ErrorCode.OPERATION_NOT_ATTEMPTED);
  const producer = { transactionalId, producerId, producerEpoch, partitions };
  if (verifyOnly) {
    const answer = await transactions.ask('verifyPartitions', transactionalId, producer);
    return results(partitions, (topic, id) => {
      if (typeof answer === 'number') return answer;
      return answer.missing.get(topic)?.has(id) === true ? ErrorCode.TRANSACTION_ABORTABLE : answer.errorCode;
    });
  }
  const clientTransactionVersion = version >= FIRST_RAISING_EPOCHS ? 2 : 0;
  const answer = await transactions.ask('addPartitions', transactionalId, { ...producer, clientTransactionVersion });
  const errorCode = typeof answer === 'number' ? answer : answer.errorCode;
  return sameForAll(asked, fencedAs(errorCode, version >= FIRST_WITH_PRODUCER_FENCED));
}

function partitionsOf({ topics }: Asked): Partitions {
  const partitions = new Map<string, Set<number>>();
  for (const topic of topics)
    if (topic.partitions.length > 0)
      partitions.set(topic.name, new Set([...(partitions.get(topic.name) ?? []), ...topic.partitions]));
  return partitions;
}

/** As it was asked, repetitions and all. */
const sameForAll = ({ topics }: Asked, partitionErrorCode: number): Topics =>
  topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({ partitionIndex, partitionErrorCode })),
  }));

function results(partitions: Partitions, errorOf: (topic: string, partition: number) => number): Topics {
  return [...partitions].map(([name, ids]) => ({
    name,
    resultsByPartition: [...ids].map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: errorOf(name, partitionIndex),
    })),
  }));
}
