/** What is asked of the transaction coordinator of one `__transaction_state` partition, and what it answers. */
import type { Input } from '../wire/index.ts';
import type {
  DescribeTransactionsResponse,
  ListTransactionsRequest,
  ListTransactionsResponse,
} from '../wire/messages/index.ts';
import type { Partitions } from './transaction.ts';

/** Plain values of the broker's transaction configs. */
export interface TransactionsConfig {
  /** `transaction.max.timeout.ms` */
  readonly maxTimeoutMs: number;
  /** `transaction.abort.timed.out.transaction.cleanup.interval.ms` */
  readonly abortTimedOutIntervalMs: number;
  /** `transactional.id.expiration.ms` */
  readonly idExpirationMs: number;
  /** `transaction.remove.expired.transaction.cleanup.interval.ms` */
  readonly removeExpiredIntervalMs: number;
  /** The level of the feature `transaction.version`. */
  readonly transactionVersion: number;
}

/** Who asks to do something with a transaction. */
export interface Producer {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
}

export interface ProducerAnswer {
  readonly errorCode: number;
  /** -1 with an error. */
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Nothing was done: it takes a producer id that nobody has. Ask again with one. */
  readonly isIdWanted?: true;
}

/** A transaction that is decided: its markers are to be written to these partitions. */
export interface DecidedTransaction extends Producer {
  readonly isCommit: boolean;
  readonly clientTransactionVersion: number;
  readonly partitions: Partitions;
}

type Element<A> = A extends readonly (infer E)[] ? E : never;

/** Per API: what is asked and what is answered. */
export interface TransactionApis {
  initProducerId: {
    request: {
      readonly transactionalId: string;
      readonly timeoutMs: number;
      /** What the producer had before (KIP-360). */
      readonly expected: { readonly producerId: number; readonly producerEpoch: number } | undefined;
      readonly freshProducerId: number | undefined;
    };
    response: ProducerAnswer;
  };
  addPartitions: {
    request: Producer & { readonly partitions: Partitions; readonly clientTransactionVersion: number };
    response: { readonly errorCode: number };
  };
  /** One error for all, or else which of the partitions are not in the transaction. */
  verifyPartitions: {
    request: Producer & { readonly partitions: Partitions };
    response: { readonly errorCode: number; readonly missing: Partitions };
  };
  endTxn: {
    request: Producer & {
      readonly isCommit: boolean;
      readonly clientTransactionVersion: number;
      readonly freshProducerId: number | undefined;
    };
    response: ProducerAnswer;
  };
  /** Answers an entry of `DescribeTransactionsResponse.transactionStates`. */
  describeTransaction: {
    request: { readonly transactionalId: string };
    response: Element<Input<typeof DescribeTransactionsResponse>['transactionStates']>;
  };
  /** This shard's. `matches` is the pattern of the request. */
  listTransactions: {
    request: Omit<ListTransactionsRequest, 'transactionalIdPattern'> & {
      readonly matches: (transactionalId: string) => boolean;
    };
    response: { readonly transactionStates: Input<typeof ListTransactionsResponse>['transactionStates'] };
  };
  /** The marker writer's: waits for transactions that are decided, and is told of each once. */
  decided: { request: Record<string, never>; response: { readonly transactions: readonly DecidedTransaction[] } };
  /** The marker writer's: all markers of a decided transaction are written. */
  marked: { request: Producer; response: Record<string, never> };
}

export type TransactionApi = keyof TransactionApis;

/** One request: `{ api: 'endTxn', request }`. The transactional id was routed to this shard already. */
export type TransactionRequest<A extends TransactionApi = TransactionApi> = {
  [K in A]: { readonly api: K; readonly request: TransactionApis[K]['request'] };
}[A];

/** Its answer. `api` is that of the request. */
export type TransactionReply<A extends TransactionApi = TransactionApi> = {
  [K in A]: { readonly api: K; readonly response: TransactionApis[K]['response'] };
}[A];
