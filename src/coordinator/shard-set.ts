import type { Clock, Logger } from '../base/index.ts';
import type { Log } from './log.ts';
import type { Machine } from './machine.ts';
import { NotCoordinatorError, Shard } from './shard.ts';

/** How long after a failure a shard is built anew, ms: a disk that is gone must not keep the broker busy. */
const REBUILD_MS = 1_000;

interface Entry<Hard, Soft, Request, Reply, Rec> {
  readonly log: Log<Rec>;
  shard: Shard<Hard, Soft, Request, Reply, Rec>;
}

/**
 * The shards of one coordinator, by partition of its internal topic: loaded when this broker is elected leader of the
 * partition, closed when it resigns, and built anew from the log when they fail.
 */
export class ShardSet<Hard, Soft, Request, Reply, Rec> {
  readonly #machine: () => Machine<Hard, Soft, Request, Reply, Rec>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #topic: string;
  readonly #onLoaded: (partition: number) => void;
  readonly #shards = new Map<number, Entry<Hard, Soft, Request, Reply, Rec>>();

  constructor(options: {
    readonly machine: () => Machine<Hard, Soft, Request, Reply, Rec>;
    readonly clock: Clock;
    readonly logger: Logger;
    /** The internal topic, for messages. */
    readonly topic: string;
    /** A shard begins to serve: for the first time here, or built anew. */
    readonly onLoaded?: (partition: number) => void;
  }) {
    this.#machine = options.machine;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#topic = options.topic;
    this.#onLoaded = options.onLoaded ?? (() => {});
  }

  elected(partition: number, log: Log<Rec>): void {
    this.resigned(partition);
    const entry = { log, shard: this.#make(partition, log) };
    this.#shards.set(partition, entry);
    this.#load(partition, entry.shard);
  }

  resigned(partition: number): void {
    this.#shards.get(partition)?.shard.close();
    this.#shards.delete(partition);
  }

  /** Partitions whose shards are here, loading or active. */
  get partitions(): readonly number[] {
    return [...this.#shards.keys()];
  }

  /** The shard's reply. Rejects with NotCoordinatorError or CoordinatorLoadInProgressError; both have Kafka's `code`. */
  request(partition: number, request: Request): Promise<Reply> {
    const entry = this.#shards.get(partition);
    if (entry === undefined)
      return Promise.reject(new NotCoordinatorError(`${this.#topic}-${partition} is not served here`));
    return entry.shard.request(request);
  }

  close(): void {
    for (const partition of this.partitions) this.resigned(partition);
  }

  #make(partition: number, log: Log<Rec>): Shard<Hard, Soft, Request, Reply, Rec> {
    return new Shard({
      machine: this.#machine(),
      log,
      clock: this.#clock,
      logger: this.#logger,
      name: `${this.#topic}-${partition}`,
      onFailed: () => this.#clock.after(REBUILD_MS, () => this.#rebuild(partition, log)),
    });
  }

  #rebuild(partition: number, log: Log<Rec>): void {
    const entry = this.#shards.get(partition);
    // Resigned, or elected again with another log, in the meantime.
    if (entry === undefined || entry.log !== log) return;
    entry.shard = this.#make(partition, log);
    this.#load(partition, entry.shard);
  }

  #load(partition: number, shard: Shard<Hard, Soft, Request, Reply, Rec>): void {
    const failed = (error: unknown): void => {
      if (error instanceof NotCoordinatorError) return;
      this.#logger.error(`${this.#topic}-${partition} could not be loaded, and is not served until it can`, { error });
      const entry = this.#shards.get(partition);
      if (entry?.shard === shard) this.#clock.after(REBUILD_MS, () => this.#rebuild(partition, entry.log));
    };
    shard.load().then(() => this.#onLoaded(partition), failed);
  }
}
