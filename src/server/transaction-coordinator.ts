import { partitionFor, type ShardSet } from '../coordinator/index.ts';
import type {
  ProducerAnswer,
  TransactionApi,
  TransactionApis,
  TransactionReply,
  TransactionRequest,
} from '../transactions/index.ts';
import { ErrorCode } from '../wire/index.ts';
import { askShard } from './ask-shard.ts';
import type { ProducerIdSource } from './producer-ids.ts';

/** Asks whoever coordinates a transactional id. What fails for reasons of the coordinator is answered with Kafka's error code. */
export interface TransactionCoordinator {
  /** Name of the internal topic. */
  readonly topic: string;
  /** The partition of the internal topic in which a transactional id lives. */
  partitionOf(transactionalId: string): number;
  ask<A extends TransactionApi>(
    api: A,
    transactionalId: string,
    request: TransactionApis[A]['request'],
  ): Promise<TransactionApis[A]['response'] | number>;
  /** The same where it may take a producer id that nobody has: -1 for both with an error. */
  askForProducer<A extends 'initProducerId' | 'endTxn'>(
    api: A,
    request: Omit<TransactionApis[A]['request'], 'freshProducerId'> & { readonly transactionalId: string },
  ): Promise<ProducerAnswer>;
  /** Asks every shard that is here. */
  askAll<A extends TransactionApi>(
    api: A,
    request: TransactionApis[A]['request'],
  ): Promise<(TransactionApis[A]['response'] | number)[]>;
}

/** What a transaction coordinator keeps its transactions in: `ShardSet`, seen from here. */
type TransactionShards = Pick<
  ShardSet<unknown, unknown, TransactionRequest, TransactionReply, unknown>,
  'request' | 'partitions'
>;

export const TRANSACTIONS_TOPIC = '__transaction_state';

/** @param partitionCount how many partitions the internal topic has now */
export function transactionCoordinator(
  shards: TransactionShards,
  partitionCount: () => number,
  producerIds: ProducerIdSource,
): TransactionCoordinator {
  const partitionOf = (transactionalId: string): number => partitionFor(transactionalId, Math.max(partitionCount(), 1));
  const askPartition = async <A extends TransactionApi>(
    partition: number,
    api: A,
    request: TransactionApis[A]['request'],
  ): Promise<TransactionApis[A]['response'] | number> => {
    const reply = await askShard(shards, partition, { api, request } as TransactionRequest);
    return typeof reply === 'number' ? reply : reply.response;
  };
  const coordinator: TransactionCoordinator = {
    topic: TRANSACTIONS_TOPIC,
    partitionOf,
    ask: (api, transactionalId, request) => askPartition(partitionOf(transactionalId), api, request),
    async askForProducer(api, request) {
      const askWith = async (freshProducerId: number | undefined): Promise<ProducerAnswer> => {
        const answer = await coordinator.ask(api, request.transactionalId, { ...request, freshProducerId } as never);
        return typeof answer === 'number' ? failed(answer) : answer;
      };
      const answer = await askWith(undefined);
      if (answer.isIdWanted !== true) return answer;
      const fresh = await producerIds.next();
      return fresh === undefined ? failed(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS) : askWith(fresh);
    },
    askAll: (api, request) => Promise.all(shards.partitions.map((partition) => askPartition(partition, api, request))),
  };
  return coordinator;
}

const failed = (errorCode: number): ProducerAnswer => ({ errorCode, producerId: -1, producerEpoch: -1 });
