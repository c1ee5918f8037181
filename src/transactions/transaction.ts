/** What the log says about transactions: the hard state, and the only code that changes it. */

/** Kafka's TransactionState, by the number that the log has for it. */
export const TRANSACTION_STATUSES = [
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'Dead',
  'PrepareEpochFence',
] as const;

export type TransactionStatus = (typeof TRANSACTION_STATUSES)[number];

/** By topic; no topic without a partition. */
export type Partitions = ReadonlyMap<string, ReadonlySet<number>>;

/** One transactional id, as it was last written. Replaced whole by each record. */
export interface Transaction {
  readonly producerId: number;
  /** Of the producer before this record, or -1. */
  readonly previousProducerId: number;
  /** What the producer goes on with when the transaction is complete and its epochs are used up, or -1. */
  readonly nextProducerId: number;
  readonly producerEpoch: number;
  readonly timeoutMs: number;
  readonly status: TransactionStatus;
  /** Written to, and waiting for a marker. */
  readonly partitions: Partitions;
  /** Wall-clock ms; -1 before the first transaction. */
  readonly startMs: number;
  readonly lastUpdateMs: number;
  /** 2 where the producer's epoch rises with every transaction (KIP-890), 0 where it does not. */
  readonly clientTransactionVersion: number;
}

/** Null forgets the transactional id. */
export interface TransactionRecord {
  readonly transactionalId: string;
  readonly transaction: Transaction | null;
}

export interface Transactions {
  readonly byId: Map<string, Transaction>;
  /** Ids of those that are ongoing, and may run out of time. */
  readonly ongoing: Set<string>;
}

export function noTransactions(): Transactions {
  return { byId: new Map(), ongoing: new Set() };
}

export function replayTransactionRecord(hard: Transactions, { transactionalId, transaction }: TransactionRecord): void {
  if (transaction === null) hard.byId.delete(transactionalId);
  else hard.byId.set(transactionalId, transaction);
  if (transaction?.status === 'Ongoing') hard.ongoing.add(transactionalId);
  else hard.ongoing.delete(transactionalId);
}

export const NO_PRODUCER_ID = -1;
export const NO_PRODUCER_EPOCH = -1;
export const NO_PARTITIONS: Partitions = new Map();

const MAX_PRODUCER_EPOCH = 2 ** 15 - 1;

/** The highest epoch is for fencing alone: no producer is given it. */
export const LAST_USABLE_EPOCH = MAX_PRODUCER_EPOCH - 1;

export const isEpochExhausted = (producerEpoch: number): boolean => producerEpoch >= LAST_USABLE_EPOCH;

/** Never above the highest there is. */
export const fencingEpoch = (producerEpoch: number): number => Math.min(producerEpoch + 1, MAX_PRODUCER_EPOCH);

/** The epoch rises with every transaction (transactions v2). */
export const raisesEpochs = (clientTransactionVersion: number): boolean => clientTransactionVersion >= 2;
