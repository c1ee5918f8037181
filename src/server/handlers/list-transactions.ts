/**
 * ListTransactions v0-2: the transactions that this broker coordinates (KIP-664), by state and producer; v1 by how long they
 * have been going on (KIP-994); v2 by a pattern for the whole transactional id (KIP-1152), matched in time linear in its length.
 */
import { TRANSACTION_STATUSES } from '../../transactions/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { ListTransactionsRequest, ListTransactionsResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';
import type { TransactionCoordinator } from '../transaction-coordinator.ts';

export function listTransactions({ transactions }: { readonly transactions: TransactionCoordinator }): Route {
  return route(
    api(ListTransactionsRequest, ListTransactionsResponse),
    { authorize: { operation: 'Describe', resource: 'TransactionalId' } },
    async (request) => {
      const unknownStateFilters = [...new Set(request.stateFilters)].filter((state) => !KNOWN_STATES.has(state));
      const matches = await matcherOf(request.transactionalIdPattern);
      const failed = (errorCode: number) => ({ errorCode, unknownStateFilters, transactionStates: [] });
      if (matches === undefined) return failed(ErrorCode.INVALID_REGULAR_EXPRESSION);
      const transactionStates = [];
      for (const answer of await transactions.askAll('listTransactions', { ...request, matches })) {
        if (typeof answer === 'number') return failed(answer);
        transactionStates.push(...answer.transactionStates);
      }
      return { errorCode: ErrorCode.NONE, unknownStateFilters, transactionStates };
    },
  );
}

const KNOWN_STATES: ReadonlySet<string> = new Set(TRANSACTION_STATUSES);

/** Undefined for what is no pattern. The library is loaded with the first: a start should not pay for it. */
async function matcherOf(pattern: string | null): Promise<((transactionalId: string) => boolean) | undefined> {
  if (pattern === null || pattern === '') return () => true;
  const { RE2JS, RE2JSSyntaxException } = await import('re2js');
  try {
    const compiled = RE2JS.compile(pattern);
    return (transactionalId) => compiled.matches(transactionalId);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return undefined;
    throw error;
  }
}
