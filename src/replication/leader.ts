import { assert, type Clock } from '../base/index.ts';
import type {
  Appended,
  AppendOptions,
  AppendOrigin,
  AppendRefused,
  PartitionLog,
  ReadPlan,
  ReadRefused,
} from '../storage/index.ts';
import { ErrorCode } from '../wire/index.ts';
import { BrokerTraffic, TopicTraffic } from './topic-traffic.ts';

/** What a reader may see: everything committed, or only what no open transaction may still take back. */
export type IsolationLevel = 'read uncommitted' | 'read committed';

export interface PlanRequest {
  readonly from: number;
  readonly maxBytes: number;
  readonly isolation: IsolationLevel;
  /** Plan the first batch even if it alone is larger than `maxBytes`. */
  readonly minOneBatch: boolean;
}

/** Where what goes in and out is counted. */
export interface LeaderTraffic {
  readonly topic: TopicTraffic;
  readonly broker: BrokerTraffic;
}

/** So many who wait for an advance are told in a turn of the event loop; hundreds of readers would hold up everyone else. */
const TOLD_IN_A_TURN = 64;

interface Waiter {
  readonly offset: number;
  readonly tell: (errorCode: number) => void;
}

/**
 * A partition led by this broker: takes appends, knows the high watermark, and tells who waits when it advances.
 *
 * With one replica the high watermark follows what is written; with more it will be the least of the in-sync ones.
 */
export class PartitionLeader {
  #log: PartitionLog;
  #leaderEpoch: number;
  readonly #clock: Pick<Clock, 'endOfTurn'>;
  readonly #traffic: LeaderTraffic;
  #waiters: Waiter[] = [];
  readonly #advanceListeners = new Set<() => void>();
  /** NONE while it leads; afterwards what everyone who asks is told. */
  #ended: number = ErrorCode.NONE;

  constructor(
    log: PartitionLog,
    leaderEpoch: number,
    clock: Pick<Clock, 'endOfTurn'>,
    traffic: LeaderTraffic = { topic: new TopicTraffic(), broker: new BrokerTraffic() },
  ) {
    this.#log = log;
    this.#clock = clock;
    this.#traffic = traffic;
    this.#leaderEpoch = leaderEpoch;
    this.#follow(log);
    log.setHighWatermark(log.writtenEndOffset);
  }

  #follow(log: PartitionLog): void {
    log.assignEpoch(this.#leaderEpoch);
    log.onReadable((writtenEndOffset) => {
      if (log === this.#log) this.#advance(writtenEndOffset);
    });
    log.onFailed(() => {
      if (log === this.#log) this.end(ErrorCode.KAFKA_STORAGE_ERROR);
    });
  }

  /** Another one after the replica was moved. */
  get log(): PartitionLog {
    return this.#log;
  }

  /** Goes on with a log in another place that holds the same, up to the same offset, and all of it written. */
  moveTo(log: PartitionLog): void {
    assert(log.logEndOffset === this.#log.logEndOffset, 'a moved log ends where the other did');
    this.#log = log;
    this.#follow(log);
    this.#advance(log.writtenEndOffset);
  }

  get leaderEpoch(): number {
    return this.#leaderEpoch;
  }

  get highWatermark(): number {
    return this.log.highWatermark;
  }

  get logStartOffset(): number {
    return this.log.logStartOffset;
  }

  /** First offset that a reader at this isolation level must not see yet. */
  endFor(isolation: IsolationLevel): number {
    return isolation === 'read committed' ? this.log.lastStableOffset : this.log.highWatermark;
  }

  /** A client's idea of the leader epoch against ours (KIP-320); -1 means that it has none. */
  checkEpoch(currentLeaderEpoch: number): number {
    if (currentLeaderEpoch === -1 || currentLeaderEpoch === this.#leaderEpoch) return ErrorCode.NONE;
    return currentLeaderEpoch < this.#leaderEpoch ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH;
  }

  /** The leadership goes on under a higher epoch. */
  raiseEpoch(leaderEpoch: number): void {
    if (leaderEpoch <= this.#leaderEpoch) return;
    this.#leaderEpoch = leaderEpoch;
    this.log.assignEpoch(leaderEpoch);
    this.#tellAdvance();
  }

  /** Takes batches at once; offsets are given in the order of calls. */
  append(
    records: Buffer,
    origin: AppendOrigin,
    transaction: Pick<AppendOptions, 'transactionVersion' | 'verification'> = {},
  ): Appended | AppendRefused {
    const { topic, broker } = this.#traffic;
    const outcome = this.log.append(records, { leaderEpoch: this.#leaderEpoch, origin, ...transaction });
    if (outcome.kind === 'refused') {
      topic.refused++;
      broker.refused++;
    } else if (!outcome.isDuplicate) {
      const count = outcome.lastOffset - outcome.baseOffset + 1;
      topic.bytesIn += records.length;
      topic.recordsIn += count;
      broker.bytesIn += records.length;
      broker.recordsIn += count;
      broker.batchBytes.add(records.length);
    }
    return outcome;
  }

  /** Counts what was read for a client. */
  wasRead(bytes: number, records: number): void {
    const { topic, broker } = this.#traffic;
    topic.bytesOut += bytes;
    topic.recordsOut += records;
    broker.bytesOut += bytes;
    broker.recordsOut += records;
  }

  /** Resolves to NONE when everything before `offset` is committed, or to the error that came between. */
  committed(offset: number): Promise<number> {
    return new Promise((resolve) => this.whenCommitted(offset, resolve));
  }

  /** The same without a promise: `tell` is called once, perhaps at once. */
  whenCommitted(offset: number, tell: (errorCode: number) => void): void {
    if (this.#ended !== ErrorCode.NONE) tell(this.#ended);
    else if (offset <= this.highWatermark) tell(ErrorCode.NONE);
    else this.#waiters.push({ offset, tell });
  }

  plan({ from, maxBytes, isolation, minOneBatch }: PlanRequest): ReadPlan | ReadRefused {
    return this.log.plan({ from, maxBytes, upTo: this.endFor(isolation), minOneBatch });
  }

  /**
   * Calls `listener` whenever there may be more to read, or less, and when the leadership changes or ends. Returns how to stop
   * that.
   */
  onAdvance(listener: () => void): () => void {
    this.#advanceListeners.add(listener);
    return () => this.#advanceListeners.delete(listener);
  }

  /** Fails everyone who waits: the partition was deleted, its disk is lost, or another broker leads it. */
  end(errorCode: number): void {
    this.#ended = errorCode;
    // Whoever is told no longer keeps what they appended.
    this.log.writeQueued();
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { tell } of waiters) tell(errorCode);
    this.#tellAdvance();
  }

  #advance(committedOffset: number): void {
    if (this.#ended !== ErrorCode.NONE) return;
    this.log.setHighWatermark(committedOffset);
    // Waiters came in offset order, since appends did.
    let done = 0;
    for (; done < this.#waiters.length; done++) {
      const { offset, tell } = this.#waiters[done] as Waiter;
      if (offset > committedOffset) break;
      tell(ErrorCode.NONE);
    }
    if (done > 0) this.#waiters.splice(0, done);
    this.#tellAdvance();
  }

  #tellAdvance(): void {
    if (this.#advanceListeners.size > 0) this.#tellInTurns([...this.#advanceListeners], 0);
  }

  #tellInTurns(listeners: readonly (() => void)[], from: number): void {
    const end = Math.min(from + TOLD_IN_A_TURN, listeners.length);
    for (let i = from; i < end; i++) {
      const listener = listeners[i] as () => void;
      // Of those who come later some may have been told by another advance, and wait no longer.
      if (this.#advanceListeners.has(listener)) listener();
    }
    if (end < listeners.length) this.#clock.endOfTurn(() => this.#tellInTurns(listeners, end));
  }
}
