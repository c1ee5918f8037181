import { never } from '../base/index.ts';
import type { Machine, Outcome, Ticket } from '../coordinator/index.ts';
import { addPartitions, verifyPartitions } from './adding.ts';
import { age, nextCheckMs } from './aging.ts';
import { describeTransaction, listTransactions } from './describing.ts';
import { decided, endTxn, marked } from './ending.ts';
import { initProducerId } from './initializing.ts';
import { Step, type TransactionsSoft } from './step.ts';
import { noTransactions, replayTransactionRecord, type TransactionRecord, type Transactions } from './transaction.ts';
import type {
  DecidedTransaction,
  TransactionReply,
  TransactionRequest,
  TransactionsConfig,
} from './transaction-requests.ts';

/** The coordinator of all transactional ids in one partition of `__transaction_state`. */
export type TransactionsMachine = Machine<
  Transactions,
  TransactionsSoft,
  TransactionRequest,
  TransactionReply,
  TransactionRecord
>;

/**
 * Mirrors TransactionCoordinator and TransactionStateManager of Kafka 4.3. Every transition is a record, in force at once; who
 * asked is answered when it is committed, and that is also when the writer of markers, who waits for decided transactions
 * with a ticket of its own, hears of it. A new coordinator hands out again what was decided and is not complete.
 */
export function transactionsMachine(config: () => TransactionsConfig): TransactionsMachine {
  return {
    hard: noTransactions,

    soft({ byId }, now) {
      const { abortTimedOutIntervalMs, removeExpiredIntervalMs } = config();
      const isDecided = ([, { status }]: readonly [string, { readonly status: string }]): boolean =>
        status === 'PrepareCommit' || status === 'PrepareAbort';
      return {
        lastEpochs: new Map(),
        decided: [...byId].filter(isDecided).map(([transactionalId]) => transactionalId),
        markerWriter: undefined,
        nextTimeoutCheckMs: now + abortTimedOutIntervalMs,
        nextExpiryCheckMs: now + removeExpiredIntervalMs,
      };
    },

    handle(hard, soft, input, now) {
      const step = new Step({ config: config(), hard, soft, now });
      // A request in the same step would not see what was aborted, nor what was removed.
      if (input.kind === 'tick') age(step);
      else handleRequest(step, input.ticket, input.request);
      return outcome(step);
    },

    replay: replayTransactionRecord,
  };
}

function handleRequest(step: Step, ticket: Ticket, asked: TransactionRequest): void {
  switch (asked.api) {
    case 'initProducerId':
      return initProducerId(step, ticket, asked);
    case 'addPartitions':
      return addPartitions(step, ticket, asked);
    case 'verifyPartitions':
      return verifyPartitions(step, ticket, asked);
    case 'endTxn':
      return endTxn(step, ticket, asked);
    case 'describeTransaction':
      return describeTransaction(step, ticket, asked);
    case 'listTransactions':
      return listTransactions(step, ticket, asked);
    case 'decided':
      return decided(step, ticket);
    case 'marked':
      return marked(step, ticket, asked);
    default:
      never(asked);
  }
}

function outcome(step: Step): Outcome<TransactionReply, TransactionRecord> {
  const { soft, records, replies } = step;
  if (soft.markerWriter !== undefined && soft.decided.length > 0) {
    step.answer(soft.markerWriter, 'decided', { transactions: decidedTransactions(step) });
    soft.markerWriter = undefined;
    soft.decided = [];
  }
  return { records, replies, wakeAt: nextCheckMs(step) };
}

/** As they will be when the records of this step are replayed. */
function decidedTransactions({ soft, records, hard }: Step): DecidedTransaction[] {
  const written = new Map(records.map(({ transactionalId, transaction }) => [transactionalId, transaction]));
  return soft.decided.flatMap((transactionalId) => {
    const transaction = written.get(transactionalId) ?? hard.byId.get(transactionalId);
    if (transaction === undefined) return [];
    const { producerId, producerEpoch, status, clientTransactionVersion, partitions } = transaction;
    const isCommit = status === 'PrepareCommit';
    return [{ transactionalId, producerId, producerEpoch, isCommit, clientTransactionVersion, partitions }];
  });
}
