import type { ShardSet } from '../coordinator/index.ts';
import type { TransactionReply, TransactionRequest } from '../transactions/index.ts';
import { gauge, type Family } from './family.ts';

/** What a transaction coordinator keeps its transactions in. */
export type TransactionShards = Pick<
  ShardSet<unknown, unknown, TransactionRequest, TransactionReply, unknown>,
  'request' | 'partitions'
>;

const ALL = { stateFilters: [], producerIdFilters: [], durationFilter: -1, matches: () => true };

/** How many transactional ids are in each state. A shard that is loading or gone is left out. */
export async function transactionCounts(shards: TransactionShards): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const shard of shards.partitions) {
    const reply = await shards.request(shard, { api: 'listTransactions', request: ALL }).catch(() => undefined);
    if (reply?.api !== 'listTransactions') continue;
    for (const { transactionState: state } of reply.response.transactionStates)
      counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}

export function transactionFamily(counts: () => ReadonlyMap<string, number>): Family {
  return gauge('ottla_transactions', 'Transactional ids by the state of their transaction.', () =>
    [...counts()].map(([state, count]) => [{ state }, count] as const),
  );
}
