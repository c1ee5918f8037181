import { FileError, type Clock, type Logger, type Timer } from '../base/index.ts';
import { cleanablePart, isDue, type CleanablePart } from './cleanable.ts';
import { CleaningPace } from './cleaning-pace.ts';
import { clean, CleaningAbortedError } from './cleaning.ts';
import type { LogDirectory } from './log-directory.ts';
import type { PartitionLog } from './partition-log.ts';

/** The `log.cleaner.*` configs, as they are now. */
export interface LogCleanerConfig {
  /** How many logs are compacted side by side. */
  readonly threads: number;
  readonly backoffMs: number;
  /** For the tables of keys, all threads together. */
  readonly dedupeBufferBytes: number;
  /** How full a table of keys may become, as a fraction. */
  readonly loadFactor: number;
  /** For reading and writing, all threads together. */
  readonly ioBufferBytes: number;
  readonly maxBytesPerSecond: number;
}

export interface LogCleanerOptions {
  readonly directories: () => Iterable<LogDirectory>;
  readonly config: () => LogCleanerConfig;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the cleaner has done since the start (Kafka's LogCleaner and LogCleanerManager). */
export interface LogCleanerFigures {
  readonly compactions: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** ms, of all compactions. */
  readonly tookMs: number;
  readonly longestMs: number;
  /** Of compacted logs, by retention. */
  readonly retiredSegments: number;
  /** Logs left as they are because they cannot be compacted. */
  readonly uncleanableLogs: number;
  /** Logs being compacted now. */
  readonly inProgress: number;
}

interface Candidate {
  readonly directory: LogDirectory;
  readonly log: PartitionLog;
  readonly part: CleanablePart;
}

/**
 * Compacts the logs whose `cleanup.policy` says so, the filthiest first, and deletes their segments past retention (Kafka's
 * LogCleaner). Works beside the traffic, on the same event loop, in slices. A log that cannot be compacted because it is damaged
 * is left alone from then on.
 */
export class LogCleaner {
  readonly #options: LogCleanerOptions;
  readonly #pace: CleaningPace;
  readonly #inProgress = new Map<PartitionLog, Promise<void>>();
  readonly #uncleanable = new WeakSet<PartitionLog>();
  readonly #done = { compactions: 0, bytesRead: 0, bytesWritten: 0, tookMs: 0, longestMs: 0, retiredSegments: 0 };
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(options: LogCleanerOptions) {
    this.#options = options;
    this.#pace = new CleaningPace(options.clock, () => options.config().maxBytesPerSecond);
  }

  /** Looks for work, now and again after every `log.cleaner.backoff.ms`. */
  start(): void {
    if (this.#isClosed) return;
    this.#timer?.cancel();
    const { clock, config } = this.#options;
    const { threads, backoffMs } = config();
    while (this.#inProgress.size < threads) {
      const filthiest = this.#filthiest(clock.now());
      if (filthiest === undefined) break;
      this.#begin(filthiest);
    }
    this.#deleteOldSegments(clock.now());
    this.#timer = clock.after(Math.max(backoffMs, 1), () => this.start());
  }

  get figures(): LogCleanerFigures {
    let uncleanableLogs = 0;
    for (const directory of this.#options.directories())
      for (const log of directory.logs()) if (this.#uncleanable.has(log)) uncleanableLogs++;
    return { ...this.#done, uncleanableLogs, inProgress: this.#inProgress.size };
  }

  /** Resolves when nothing is being compacted any more. */
  async idle(): Promise<void> {
    while (this.#inProgress.size > 0) await Promise.all(this.#inProgress.values());
  }

  /** Gives up what is under way, and resolves when its files are gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#pace.stop();
    await this.idle();
  }

  *#compacted(): Generator<readonly [LogDirectory, PartitionLog], void, undefined> {
    for (const directory of this.#options.directories()) {
      for (const log of directory.logs()) {
        const isOurs = log.config.cleanupPolicy.compact && !this.#inProgress.has(log) && !this.#uncleanable.has(log);
        if (isOurs && !log.isOffline) yield [directory, log];
      }
    }
  }

  #filthiest(now: number): Candidate | undefined {
    let filthiest: Candidate | undefined;
    for (const [directory, log] of this.#compacted()) {
      const part = this.#partOf(directory, log, now);
      if (part === undefined || !isDue(part, log.config)) continue;
      if (filthiest === undefined || part.dirtyRatio > filthiest.part.dirtyRatio) filthiest = { directory, log, part };
    }
    return filthiest;
  }

  #partOf(directory: LogDirectory, log: PartitionLog, now: number): CleanablePart | undefined {
    try {
      const part = cleanablePart(log.compaction, now);
      if (part.isRestarted) {
        log.compaction.firstDirtyOffset = part.firstDirtyOffset;
        directory.checkpointCompaction();
      }
      return part;
    } catch (error) {
      this.#failed(log, error);
      return undefined;
    }
  }

  #begin({ directory, log, part }: Candidate): void {
    const cleaning = this.#clean(directory, log, part).finally(() => {
      this.#inProgress.delete(log);
      this.start();
    });
    this.#inProgress.set(log, cleaning);
  }

  async #clean(directory: LogDirectory, log: PartitionLog, part: CleanablePart): Promise<void> {
    const { clock, logger, config } = this.#options;
    const { threads, dedupeBufferBytes, loadFactor, ioBufferBytes } = config();
    const share = Math.max(threads, 1);
    const from = clock.elapsed();
    try {
      const { endOffset, bytesRead, bytesWritten } = await clean(log.compaction, part, {
        clock,
        pace: this.#pace,
        maxMapBytes: Math.floor(dedupeBufferBytes / share),
        loadFactor,
        // One piece is gone through while the next is read.
        readBytes: Math.floor(ioBufferBytes / share / 2),
        isStopped: () => this.#isClosed,
      });
      log.compaction.firstDirtyOffset = endOffset;
      directory.checkpointCompaction();
      const tookMs = clock.elapsed() - from;
      this.#count(bytesRead, bytesWritten, tookMs);
      logger.info('compacted a log', {
        topic: log.topic,
        partition: log.partition,
        fromOffset: part.firstDirtyOffset,
        toOffset: endOffset,
        bytesRead,
        bytesWritten,
        ms: Math.round(tookMs),
      });
    } catch (error) {
      this.#failed(log, error);
    }
  }

  #count(bytesRead: number, bytesWritten: number, tookMs: number): void {
    this.#done.compactions++;
    this.#done.bytesRead += bytesRead;
    this.#done.bytesWritten += bytesWritten;
    this.#done.tookMs += tookMs;
    this.#done.longestMs = Math.max(this.#done.longestMs, tookMs);
  }

  #failed(log: PartitionLog, error: unknown): void {
    const { logger } = this.#options;
    const { topic, partition } = log;
    if (error instanceof CleaningAbortedError || log.compaction.isOver) {
      logger.debug('gave up compacting a log', { topic, partition, reason: String(error) });
    } else if (error instanceof FileError) {
      log.fail(error);
    } else {
      this.#uncleanable.add(log);
      logger.error('a log cannot be compacted and is left as it is', { topic, partition, error });
    }
  }

  #deleteOldSegments(now: number): void {
    for (const [, log] of this.#compacted()) this.#done.retiredSegments += log.deleteOldSegments(now);
  }
}
