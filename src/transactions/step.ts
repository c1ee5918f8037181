import type { Reading, Ticket } from '../coordinator/index.ts';
import type { Transaction, TransactionRecord, Transactions } from './transaction.ts';
import type { TransactionApi, TransactionApis, TransactionReply, TransactionsConfig } from './transaction-requests.ts';

/** What a coordinator knows beyond the log. */
export interface TransactionsSoft {
  /** The epoch before the present one, by transactional id, where a producer may ask for its last raise again. */
  readonly lastEpochs: Map<string, number>;
  /** Transactional ids that are decided, and whose markers nobody has been told to write. */
  decided: string[];
  /** Who writes markers, waiting for some. */
  markerWriter: Ticket | undefined;
  /** When to look for transactions out of time, and for expired ids; wall-clock ms. */
  nextTimeoutCheckMs: number;
  nextExpiryCheckMs: number;
}

/** One input being handled: what there is to look at, and what is decided. */
export class Step {
  readonly config: TransactionsConfig;
  readonly hard: Reading<Transactions>;
  readonly soft: TransactionsSoft;
  readonly now: number;
  readonly records: TransactionRecord[] = [];
  readonly replies: (readonly [Ticket, TransactionReply])[] = [];

  constructor(from: Pick<Step, 'config' | 'hard' | 'soft' | 'now'>) {
    this.config = from.config;
    this.hard = from.hard;
    this.soft = from.soft;
    this.now = from.now;
  }

  answer<A extends TransactionApi>(ticket: Ticket, api: A, response: TransactionApis[A]['response']): void {
    this.replies.push([ticket, { api, response } as TransactionReply]);
  }

  find(transactionalId: string): Transaction | undefined {
    return this.hard.byId.get(transactionalId);
  }

  /** Writes what became of a transactional id. Whoever had it before is told in the record. */
  write(
    transactionalId: string,
    before: Transaction | undefined,
    after: Omit<Transaction, 'previousProducerId'>,
  ): void {
    const previousProducerId = before?.producerId ?? after.producerId;
    this.records.push({ transactionalId, transaction: { ...after, previousProducerId } });
  }
}
