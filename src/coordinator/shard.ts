import { assert, type Clock, type Logger, type Timer } from '../base/index.ts';
import type { Log } from './log.ts';
import type { Input, Machine, Outcome, Reading, Ticket } from './machine.ts';

/** NOT_COORDINATOR (16): the shard is closed, or what it holds and its log no longer agree. Ask the new one. */
export class NotCoordinatorError extends Error {
  override name = 'NotCoordinatorError';
  readonly code = 16;
}

/** COORDINATOR_LOAD_IN_PROGRESS (14): the log is still being read. Ask again later. */
export class CoordinatorLoadInProgressError extends Error {
  override name = 'CoordinatorLoadInProgressError';
  readonly code = 14;
}

export interface ShardOptions<Hard, Soft, Request, Reply, Rec> {
  readonly machine: Machine<Hard, Soft, Request, Reply, Rec>;
  readonly log: Log<Rec>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For the logs: which partition of which topic this is. */
  readonly name: string;
  /**
   * Called once when the shard can't go on (the log refused, or ends elsewhere than the shard thinks). All who waited
   * have been told NOT_COORDINATOR; whoever owns the shard loads it anew from the log. Not called by `close`.
   */
  readonly onFailed: (cause: Error) => void;
}

interface Waiting<Reply> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

interface Parked<Reply> {
  readonly until: number;
  readonly ticket: Ticket;
  readonly reply: Reply;
}

type State = 'loading' | 'active' | 'closed';

/**
 * Runs one machine over one log: feeds it inputs one at a time, replays and writes what it decides, and answers when that
 * is committed. Memory is ahead of the committed log by what is under way, so every reply, of reads too, waits until all
 * that was written before it is committed.
 */
export class Shard<Hard, Soft, Request, Reply, Rec> {
  readonly #machine: Machine<Hard, Soft, Request, Reply, Rec>;
  readonly #log: Log<Rec>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #name: string;
  readonly #onFailed: (cause: Error) => void;
  readonly #hard: Hard;
  #soft: Soft | undefined;
  #state: State = 'loading';
  #end = 0;
  #committed = 0;
  #nextTicket: Ticket = 1;
  readonly #inputs: Input<Request>[] = [];
  #isWorking = false;
  /** What is left of a decision comes next. */
  #isHeld = false;
  readonly #waiting = new Map<Ticket, Waiting<Reply>>();
  /** Oldest first; the first `#released` of them are gone. */
  #parked: Parked<Reply>[] = [];
  #released = 0;
  #timer: Timer | undefined;
  #wakeAt: number | undefined;
  #unfollow: () => void = () => {};

  constructor(options: ShardOptions<Hard, Soft, Request, Reply, Rec>) {
    this.#machine = options.machine;
    this.#log = options.log;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#name = options.name;
    this.#onFailed = options.onFailed;
    this.#hard = options.machine.hard();
  }

  /** A shard that has read its log. Rejects with what reading or replaying threw. */
  static async load<Hard, Soft, Request, Reply, Rec>(
    options: ShardOptions<Hard, Soft, Request, Reply, Rec>,
  ): Promise<Shard<Hard, Soft, Request, Reply, Rec>> {
    const shard = new Shard(options);
    await shard.load();
    return shard;
  }

  /**
   * Reads the log, a slice per turn of the event loop, and begins to serve. A new leader's log may end beyond the high
   * watermark: what is not committed yet is replayed as well, and the replies wait for it.
   * Rejects with what reading or replaying threw, or with NotCoordinatorError when closed meanwhile.
   */
  async load(): Promise<void> {
    assert(this.#state === 'loading' && this.#soft === undefined, 'a shard is loaded once');
    try {
      let next = 0;
      for await (const slice of this.#log.read()) {
        this.#checkNotClosed();
        for (const { at, record } of slice) {
          assert(at.offset >= next, 'offsets rise while loading');
          next = at.offset + 1;
          this.#machine.replay(this.#hard, record, at);
        }
        await new Promise<void>((resolve) => this.#clock.endOfTurn(resolve));
      }
      this.#checkNotClosed();
    } catch (cause) {
      this.#state = 'closed';
      throw cause;
    }
    this.#end = this.#log.endOffset();
    this.#committed = this.#log.committedOffset();
    this.#unfollow = this.#log.onCommitted((committedOffset) => this.#commit(committedOffset));
    this.#soft = this.#machine.soft(this.#reading(), this.#clock.now());
    this.#state = 'active';
    this.#step({ kind: 'tick' });
  }

  get isActive(): boolean {
    return this.#state === 'active';
  }

  /** The hard state as it is now, ahead of what is committed. */
  get hard(): Reading<Hard> {
    return this.#reading();
  }

  /**
   * The machine's reply, once all that was written by then is committed.
   * Rejects with CoordinatorLoadInProgressError or NotCoordinatorError.
   */
  request(request: Request): Promise<Reply> {
    if (this.#state === 'loading')
      return Promise.reject(new CoordinatorLoadInProgressError(`${this.#name} is loading`));
    if (this.#state === 'closed') return Promise.reject(this.#notCoordinator());
    const ticket = this.#nextTicket++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(ticket, { resolve, reject });
      this.#step({ kind: 'request', ticket, request });
    });
  }

  /** The coordinator moved or shuts down: all who wait are told NOT_COORDINATOR. */
  close(): void {
    this.#stop(this.#notCoordinator());
  }

  #reading(): Reading<Hard> {
    return this.#hard as Reading<Hard>;
  }

  #step(input: Input<Request>): void {
    this.#inputs.push(input);
    this.#work();
  }

  /** One input at a time: what comes in while one is carried out (a listener of the log may ask) waits its turn. */
  #work(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (!this.#isHeld && this.#state === 'active') {
      const input = this.#inputs.shift();
      if (input === undefined) break;
      this.#take(input);
    }
    this.#isWorking = false;
  }

  #take(input: Input<Request>): void {
    let outcome: Outcome<Reply, Rec, Request>;
    try {
      outcome = this.#machine.handle(this.#reading(), this.#soft as Soft, input, this.#clock.now());
    } catch (cause) {
      // Soft state may be half changed by now; hard state is not, and the log has nothing of it.
      this.#fail(cause);
      return;
    }
    this.#carryOut(outcome);
  }

  #carryOut(outcome: Outcome<Reply, Rec, Request>): void {
    const { records = [], replies = [], wakeAt, rest, restComesNext = false } = outcome;
    if (records.length > 0) {
      try {
        let offset = this.#end;
        for (const record of records) this.#machine.replay(this.#hard, record, { offset: offset++ });
        this.#end = this.#log.append(records);
        assert(this.#end === offset, `${this.#name} ends at ${offset}, its log at ${this.#end}`);
      } catch (cause) {
        this.#fail(cause);
        return;
      }
    }
    // A reply may rest on records of an earlier request: all of them wait for what is written by now.
    for (const [ticket, reply] of replies) this.#parked.push({ until: this.#end, ticket, reply });
    if (wakeAt !== undefined && wakeAt !== this.#wakeAt) {
      this.#wakeAt = wakeAt;
      this.#setTimer();
    }
    if (rest !== undefined) this.#goOnLater(rest, restComesNext);
    this.#release();
  }

  #goOnLater(rest: Input<Request>, comesNext: boolean): void {
    this.#isHeld = comesNext;
    this.#clock.endOfTurn(() => {
      if (!comesNext) return this.#step(rest);
      this.#isHeld = false;
      this.#inputs.unshift(rest);
      this.#work();
    });
  }

  #commit(committedOffset: number): void {
    if (this.#state !== 'active' || committedOffset <= this.#committed) return;
    this.#committed = committedOffset;
    this.#release();
  }

  #release(): void {
    for (;;) {
      const parked = this.#parked[this.#released];
      if (parked === undefined || parked.until > this.#committed) break;
      this.#released++;
      this.#waiting.get(parked.ticket)?.resolve(parked.reply);
      this.#waiting.delete(parked.ticket);
    }
    if (this.#released < 1024 && this.#released < this.#parked.length) return;
    this.#parked = this.#parked.slice(this.#released);
    this.#released = 0;
  }

  /** One timer, for the wall-clock moment that the machine named last. */
  #setTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#wakeAt === undefined || this.#wakeAt === Infinity) return;
    this.#timer = this.#clock.after(this.#wakeAt - this.#clock.now(), () => this.#wake());
  }

  /** A clock set back, or a delay longer than a timer takes, leaves time to go. */
  #wake(): void {
    this.#timer = undefined;
    if (this.#wakeAt !== undefined && this.#clock.now() < this.#wakeAt) return this.#setTimer();
    this.#wakeAt = undefined;
    this.#step({ kind: 'tick' });
  }

  /** Memory and log no longer agree: forget the memory. The owner builds the shard anew from the log. */
  #fail(thrown: unknown): void {
    const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
    this.#logger.error(`${this.#name} can't go on and is to be loaded anew`, { error: cause });
    this.#stop(new NotCoordinatorError(`${this.#name} is being rebuilt: ${cause.message}`, { cause }));
    this.#onFailed(cause);
  }

  #stop(error: Error): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#timer?.cancel();
    this.#unfollow();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#parked = [];
    for (const { reject } of waiting) reject(error);
  }

  #checkNotClosed(): void {
    if (this.#state === 'closed') throw this.#notCoordinator();
  }

  #notCoordinator(): NotCoordinatorError {
    return new NotCoordinatorError(`${this.#name} is not served here`);
  }
}
