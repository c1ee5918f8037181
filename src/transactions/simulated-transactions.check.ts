/** A transaction coordinator in a test: told what time it is, and written down as its log's bytes. */
import type { Reading, Ticket } from '../coordinator/index.ts';
import type { TransactionsSoft } from './step.ts';
import type { Partitions, Transaction, TransactionRecord, Transactions } from './transaction.ts';
import { transactionRecordSerializer } from './transaction-record-serializer.ts';
import type {
  DecidedTransaction,
  ProducerAnswer,
  TransactionApi,
  TransactionApis,
  TransactionReply,
  TransactionRequest,
  TransactionsConfig,
} from './transaction-requests.ts';
import { transactionsMachine, type TransactionsMachine } from './transactions-machine.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

const defaults: TransactionsConfig = {
  maxTimeoutMs: 15 * MINUTE,
  abortTimedOutIntervalMs: 10_000,
  idExpirationMs: 7 * 24 * HOUR,
  removeExpiredIntervalMs: HOUR,
  transactionVersion: 2,
};

export const ID = 'app';

export interface Known {
  readonly transactionalId?: string;
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** `orders-0 orders-1 payments-0` */
export function partitionsOf(text: string): Partitions {
  const partitions = new Map<string, Set<number>>();
  for (const each of text.split(' ').filter((part) => part !== '')) {
    const [, topic = '', index] = /^(.*)-(\d+)$/.exec(each) ?? [];
    partitions.set(topic, (partitions.get(topic) ?? new Set()).add(Number(index)));
  }
  return partitions;
}

export class SimulatedTransactions {
  readonly config: TransactionsConfig;
  readonly log: TransactionRecord[] = [];
  now = 1_700_000_000_000;
  wakeAt: number | undefined;
  hard: Transactions;
  soft: TransactionsSoft;
  /** What was decided and not written down as marked, in the order of deciding. */
  readonly decided: DecidedTransaction[] = [];
  readonly #machine: TransactionsMachine;
  readonly #replies = new Map<Ticket, TransactionReply>();
  #ticket = 0;
  #freshId = 1_000;

  constructor(config: Partial<TransactionsConfig> = {}) {
    this.config = { ...defaults, ...config };
    this.#machine = transactionsMachine(() => this.config);
    this.hard = this.#machine.hard();
    this.soft = this.#machine.soft(this.#reading(), this.now);
    this.#begin();
  }

  ask<A extends TransactionApi>(api: A, request: TransactionApis[A]['request']): TransactionApis[A]['response'] {
    const ticket = ++this.#ticket;
    this.#step({ kind: 'request', ticket, request: { api, request } as TransactionRequest });
    const reply = this.#replies.get(ticket);
    this.#replies.delete(ticket);
    if (reply === undefined) throw new Error(`${api} was not answered`);
    return reply.response;
  }

  /** With a producer id that nobody has, if it takes one. */
  init({
    transactionalId = ID,
    timeoutMs = MINUTE,
    expected,
  }: {
    readonly transactionalId?: string;
    readonly timeoutMs?: number;
    readonly expected?: { readonly producerId: number; readonly producerEpoch: number } | undefined;
  } = {}): ProducerAnswer {
    const request = { transactionalId, timeoutMs, expected, freshProducerId: undefined };
    const answer = this.ask('initProducerId', request);
    return answer.isIdWanted ? this.ask('initProducerId', { ...request, freshProducerId: this.#freshId++ }) : answer;
  }

  /** The error code. */
  add(producer: Known, partitions: string, clientTransactionVersion = 2): number {
    const asked = { transactionalId: ID, ...producer, partitions: partitionsOf(partitions), clientTransactionVersion };
    return this.ask('addPartitions', asked).errorCode;
  }

  end(producer: Known, isCommit: boolean, clientTransactionVersion = 2): ProducerAnswer {
    const request = {
      transactionalId: ID,
      ...producer,
      isCommit,
      clientTransactionVersion,
      freshProducerId: undefined as number | undefined,
    };
    const answer = this.ask('endTxn', request);
    return answer.isIdWanted ? this.ask('endTxn', { ...request, freshProducerId: this.#freshId++ }) : answer;
  }

  /** All that was decided is marked. */
  markAll(): void {
    for (const { transactionalId, producerId, producerEpoch } of this.decided.splice(0))
      this.ask('marked', { transactionalId, producerId, producerEpoch });
  }

  transaction(transactionalId = ID): Transaction {
    const found = this.hard.byId.get(transactionalId);
    if (found === undefined) throw new Error(`there is no ${transactionalId}`);
    return found;
  }

  /** Moves time on, ticking whenever the coordinator asked for it. */
  advance(ms: number): void {
    const end = this.now + ms;
    while (this.wakeAt !== undefined && this.wakeAt <= end) {
      this.now = Math.max(this.now, this.wakeAt);
      this.#step({ kind: 'tick' });
    }
    this.now = end;
  }

  /** Another broker takes over, with nothing but the log's bytes. */
  moveCoordinator(): void {
    this.hard = this.replayed();
    this.soft = this.#machine.soft(this.#reading(), this.now);
    this.decided.length = 0;
    this.#begin();
  }

  /** What the log's bytes alone make of it. */
  replayed(): Transactions {
    const serializer = transactionRecordSerializer(() => this.config.transactionVersion);
    const hard = this.#machine.hard();
    this.log.forEach((record, offset) => {
      const { key, value } = serializer.toRecord(record);
      const read = serializer.fromRecord(key, value, { producerId: -1, producerEpoch: -1, isControl: false });
      if (read !== undefined) this.#machine.replay(hard, read, { offset });
    });
    return hard;
  }

  #reading(): Reading<Transactions> {
    return this.hard;
  }

  #begin(): void {
    this.#step({ kind: 'tick' });
    this.#awaitDecided();
  }

  /** The marker writer's ticket is number 0. */
  #awaitDecided(): void {
    this.#step({ kind: 'request', ticket: 0, request: { api: 'decided', request: {} } });
  }

  #step(input: Parameters<TransactionsMachine['handle']>[2]): void {
    const { records = [], replies = [], wakeAt } = this.#machine.handle(this.#reading(), this.soft, input, this.now);
    for (const record of records) {
      this.#machine.replay(this.hard, record, { offset: this.log.length });
      this.log.push(record);
    }
    if (wakeAt !== undefined) this.wakeAt = wakeAt;
    for (const [ticket, reply] of replies) {
      if (reply.api !== 'decided') this.#replies.set(ticket, reply);
      else {
        this.decided.push(...reply.response.transactions);
        this.#awaitDecided();
      }
    }
  }
}
