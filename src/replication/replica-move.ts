import type { Clock, Timer } from '../base/index.ts';
import type { LogDirectory, PartitionLog, ReadPlan } from '../storage/index.ts';
import { errorName } from '../wire/index.ts';
import { RecordBatch } from '../wire/records/index.ts';
import type { PartitionLeader } from './leader.ts';

/** So much is copied between two turns of the event loop. */
const CHUNK_BYTES = 1024 * 1024;

export interface ReplicaMoveOptions {
  readonly leader: PartitionLeader;
  /** Where to, and the log there that becomes the partition's. */
  readonly directory: LogDirectory;
  readonly future: PartitionLog;
  readonly clock: Clock;
  /** Undefined: as fast as it goes. */
  readonly bytesPerSecond: () => number | undefined;
  /** Tells the controller that the replica lies in this directory; resolves when it knows. */
  readonly assign: (directory: LogDirectory) => Promise<void>;
}

/** Why a replica could not be moved. */
export class ReplicaMoveError extends Error {
  override name = 'ReplicaMoveError';

  constructor({ topic, partition }: PartitionLog, why: string) {
    super(`${topic}-${partition} stays where it is: ${why}`);
  }
}

/**
 * The move of one replica to another directory of its broker (Kafka's ReplicaAlterLogDirsThread): the log is copied beside the
 * traffic in bounded chunks; when the copy has caught up, the controller is told, and within one turn the copy takes the place.
 */
export class ReplicaMove {
  readonly directory: LogDirectory;
  readonly future: PartitionLog;
  readonly #options: ReplicaMoveOptions;
  readonly #leader: PartitionLeader;
  #isAssigned = false;
  #isOver = false;
  #timer: Timer | undefined;
  #wake: (() => void) | undefined;

  constructor(options: ReplicaMoveOptions) {
    this.#options = options;
    this.#leader = options.leader;
    this.directory = options.directory;
    this.future = options.future;
  }

  /** Whether the controller was told of a place where the replica is not yet. */
  get isAssigned(): boolean {
    return this.#isAssigned;
  }

  /** Nothing is copied any more. */
  cancel(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#wake?.();
  }

  /**
   * Resolves to the partition's former log when the copy has taken its place, to undefined when cancelled.
   * Rejects with ReplicaMoveError, FileError or CorruptSegmentError.
   */
  async run(): Promise<PartitionLog | undefined> {
    while (!this.#isOver) {
      const copied = await this.#copy();
      if (this.#isOver) break;
      if (copied > 0) await this.#pause(copied);
      else if (!this.#isAssigned) await this.#announce();
      else {
        const former = await this.#takeOver();
        if (former !== undefined) return former;
      }
    }
    return undefined;
  }

  async #announce(): Promise<void> {
    await this.future.flushLater();
    if (this.#isOver) return;
    this.#isAssigned = true;
    await this.#options.assign(this.directory);
  }

  /** Copies what comes next. Resolves to how many bytes it was. */
  async #copy(): Promise<number> {
    const plan = this.#plan();
    if (plan.sizeInBytes === 0) return 0;
    const records = await this.#leader.log.readLater(plan);
    if (!this.#isOver) this.#append(records);
    return records.length;
  }

  #plan(): ReadPlan {
    const { future } = this;
    const { log } = this.#leader;
    if (future.logEndOffset < log.logStartOffset) future.truncateFullyAndStartAt(log.logStartOffset);
    else if (future.logEndOffset > log.logEndOffset) future.truncateTo(log.logEndOffset);
    const plan = log.plan({ from: future.logEndOffset, maxBytes: CHUNK_BYTES, upTo: Infinity, minOneBatch: true });
    if (plan.kind === 'refused') throw new ReplicaMoveError(future, `it can't be read: ${errorName(plan.errorCode)}`);
    return plan;
  }

  #append(records: Buffer): void {
    const { future } = this;
    const { log, leaderEpoch } = this.#leader;
    if (records.length === 0) return;
    const first = new RecordBatch(records).baseOffset;
    // The first batch kept may begin below the log start offset.
    if (first < future.logEndOffset && future.logEndOffset <= log.logStartOffset) future.truncateFullyAndStartAt(first);
    const outcome = future.append(records, { leaderEpoch, origin: 'replication' });
    if (outcome.kind === 'refused')
      throw new ReplicaMoveError(future, outcome.errorMessage || errorName(outcome.errorCode));
    this.#follow();
  }

  /** What is committed and what is deleted there is so here. */
  #follow(): void {
    const { future } = this;
    const { log } = this.#leader;
    future.setHighWatermark(log.highWatermark);
    future.deleteRecordsBefore(Math.min(log.logStartOffset, future.highWatermark));
  }

  /** Lets others have their turn; longer where the rate is limited. */
  #pause(copiedBytes: number): Promise<void> {
    const { clock, bytesPerSecond } = this.#options;
    const rate = bytesPerSecond();
    return new Promise((resolve) => {
      if (rate === undefined) return clock.endOfTurn(resolve);
      this.#wake = resolve;
      this.#timer = clock.after((copiedBytes / Math.max(rate, 1)) * 1000, resolve);
    });
  }

  /** At the beginning of a turn, when nobody has planned a read that is still to come. */
  async #takeOver(): Promise<PartitionLog | undefined> {
    await new Promise<void>((resolve) => this.#options.clock.endOfTurn(resolve));
    return this.#isOver ? undefined : this.#replace();
  }

  /** Undefined while there is more to copy than one turn may take. */
  #replace(): PartitionLog | undefined {
    const former = this.#leader.log;
    if (former.writtenEndOffset < former.logEndOffset) former.flush();
    const plan = this.#plan();
    if (plan.sizeInBytes > 0) this.#append(former.read(plan));
    if (this.future.logEndOffset < former.logEndOffset) return undefined;
    this.#follow();
    this.#leader.moveTo(this.directory.promote(this.future, former.highWatermark));
    this.#isOver = true;
    return former;
  }
}
