import type { Clock } from '../base/index.ts';
import { isSameRead, type PartitionLog, type ReadPlan } from '../storage/index.ts';
import type { BufferPool } from './buffer-pool.ts';

type ReadableLog = Pick<PartitionLog, 'read'>;

interface Held {
  readonly plan: ReadPlan;
  readonly records: Buffer;
  /** Since the last turn ended. */
  isWanted: boolean;
}

/**
 * Reads for all who want the same within a turn of the event loop, or one turn after the other: the consumers at the tail of a
 * partition, who are woken together. What was read is theirs together until each has sent it.
 */
export class SharedReads {
  readonly #pool: BufferPool;
  readonly #clock: Clock;
  /** What was read last of each log. */
  readonly #held = new Map<ReadableLog, Held>();

  constructor({ pool, clock }: { readonly pool: BufferPool; readonly clock: Clock }) {
    this.#pool = pool;
    this.#clock = clock;
  }

  /** What a plan says, in memory to be recycled by who sends it, and to be changed by nobody. @throws FileError */
  read(log: ReadableLog, plan: ReadPlan): Buffer {
    const held = this.#held.get(log);
    if (held !== undefined && isSameRead(held.plan, plan)) {
      held.isWanted = true;
      return this.#pool.share(held.records);
    }
    const records = log.read(plan, this.#pool.take(plan.sizeInBytes));
    if (this.#held.size === 0) this.#clock.endOfTurn(() => this.#letGo());
    else if (held !== undefined) this.#pool.recycle(held.records);
    this.#held.set(log, { plan, records: this.#pool.share(records), isWanted: false });
    return records;
  }

  /** Of what more than one wanted in this turn, others may want it in the next. */
  #letGo(): void {
    for (const [log, held] of this.#held) {
      if (held.isWanted) held.isWanted = false;
      else {
        this.#pool.recycle(held.records);
        this.#held.delete(log);
      }
    }
    if (this.#held.size > 0) this.#clock.endOfTurn(() => this.#letGo());
  }
}
