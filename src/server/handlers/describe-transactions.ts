/** DescribeTransactions v0: state, producer and partitions of transactions, by transactional id (KIP-664). */
import { undescribed } from '../../transactions/index.ts';
import { DescribeTransactionsRequest, DescribeTransactionsResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';
import type { TransactionCoordinator } from '../transaction-coordinator.ts';

export function describeTransactions({ transactions }: { readonly transactions: TransactionCoordinator }): Route {
  const describe = async (transactionalId: string) => {
    const answer = await transactions.ask('describeTransaction', transactionalId, { transactionalId });
    return typeof answer === 'number' ? undescribed(transactionalId, answer) : answer;
  };
  return route(
    api(DescribeTransactionsRequest, DescribeTransactionsResponse),
    { authorize: { operation: 'Describe', resource: 'TransactionalId' } },
    async ({ transactionalIds }) => ({ transactionStates: await Promise.all(transactionalIds.map(describe)) }),
  );
}
