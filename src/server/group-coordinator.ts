import { partitionFor, type ShardSet } from '../coordinator/index.ts';
import type {
  GroupApi,
  GroupApis,
  GroupReply,
  GroupRequest,
  RequestContext as GroupContext,
  TransactionEnd,
} from '../groups/index.ts';
import { ErrorCode } from '../wire/index.ts';
import { askShard } from './ask-shard.ts';
import type { RequestContext } from './route.ts';

/** Asks whoever coordinates a group. What fails for reasons of the coordinator is answered with Kafka's error code. */
export interface GroupCoordinator {
  /** Name of the internal topic. */
  readonly topic: string;
  /** The partition of the internal topic in which a group lives. */
  partitionOf(groupId: string): number;
  ask<A extends GroupApi>(
    api: A,
    groupId: string,
    request: GroupApis[A]['request'],
    context: RequestContext,
  ): Promise<GroupApis[A]['response'] | number>;
  /** Asks every shard that is here. */
  askAll<A extends GroupApi>(
    api: A,
    request: GroupApis[A]['request'],
    context: RequestContext,
  ): Promise<(GroupApis[A]['response'] | number)[]>;
  /** A transaction is decided: what it has in a partition of the internal topic. Resolves to an error code. */
  endTransaction(partition: number, end: TransactionEnd): Promise<number>;
  /** Topics are gone: so are the offsets committed for them. */
  forgetTopics(topics: readonly string[]): void;
}

/** What a group coordinator keeps its groups in: `ShardSet`, seen from here. */
type GroupShards = Pick<ShardSet<unknown, unknown, GroupRequest, GroupReply, unknown>, 'request' | 'partitions'>;

export const GROUPS_TOPIC = '__consumer_offsets';

/** @param partitionCount how many partitions the internal topic has now */
export function groupCoordinator(shards: GroupShards, partitionCount: () => number): GroupCoordinator {
  const partitionOf = (groupId: string): number => partitionFor(groupId, Math.max(partitionCount(), 1));
  const askPartition = async <A extends GroupApi>(
    partition: number,
    api: A,
    request: GroupApis[A]['request'],
    context: GroupContext,
  ): Promise<GroupApis[A]['response'] | number> => {
    const asked = { api, request, context } as GroupRequest;
    const reply = await askShard(shards, partition, asked);
    return typeof reply === 'number' ? reply : reply.response;
  };
  return {
    topic: GROUPS_TOPIC,
    partitionOf,
    ask: (api, groupId, request, context) => askPartition(partitionOf(groupId), api, request, groupContext(context)),
    askAll: (api, request, context) =>
      Promise.all(shards.partitions.map((partition) => askPartition(partition, api, request, groupContext(context)))),
    async endTransaction(partition, end) {
      const answer = await askPartition(partition, 'endTransaction', end, BROKER_ITSELF);
      return typeof answer === 'number' ? answer : ErrorCode.NONE;
    },
    forgetTopics(topics) {
      for (const partition of shards.partitions)
        void askPartition(partition, 'deletedTopics', { topics }, BROKER_ITSELF);
    },
  };
}

const BROKER_ITSELF: GroupContext = { version: 0, clientId: '', clientHost: '' };

const groupContext = ({ version, clientId, connection }: RequestContext): GroupContext => ({
  version,
  clientId: clientId ?? '',
  clientHost: `/${connection.clientAddress}`,
});
