/**
 * EndTxn v0-5: a transaction is decided. It is answered when the decision is in the log; markers follow.
 *
 * - A fenced producer is told PRODUCER_FENCED from v2 on, INVALID_PRODUCER_EPOCH before.
 * - From v5 on the epoch rises with each transaction, and the answer has what the producer goes on with (KIP-890).
 */
import { EndTxnRequest, EndTxnResponse } from '../../wire/messages/index.ts';
import { fencedAs } from '../fenced-as.ts';
import { api, route, type Route } from '../route.ts';
import type { TransactionCoordinator } from '../transaction-coordinator.ts';

const FIRST_WITH_PRODUCER_FENCED = 2;
const FIRST_RAISING_EPOCHS = 5;

export function endTxn({ transactions }: { readonly transactions: TransactionCoordinator }): Route {
  return route(
    api(EndTxnRequest, EndTxnResponse),
    { authorize: { operation: 'Write', resource: 'TransactionalId' } },
    async ({ transactionalId, producerId, producerEpoch, committed: isCommit }, { version }) => {
      const clientTransactionVersion = version >= FIRST_RAISING_EPOCHS ? 2 : 0;
      const request = { transactionalId, producerId, producerEpoch, isCommit, clientTransactionVersion };
      const answer = await transactions.askForProducer('endTxn', request);
      return {
        errorCode: fencedAs(answer.errorCode, version >= FIRST_WITH_PRODUCER_FENCED),
        producerId: answer.producerId,
        producerEpoch: answer.producerEpoch,
      };
    },
  );
}
