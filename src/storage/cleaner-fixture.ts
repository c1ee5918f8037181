import { MemoryFileSystem, SeededRandom, silentLogger, SimulatedClock, type FileSystem } from '../base/index.ts';
import {
  buildBatch,
  controlRecordKey,
  endTransactionMarker,
  recordsOf,
  type BatchInput,
  type RecordBatch,
} from '../wire/records/index.ts';
import type { HeadroomSizes } from './headroom.ts';
import { LogCleaner, type LogCleanerConfig } from './log-cleaner.ts';
import { defaultLogConfig, type LogConfig } from './log-config.ts';
import { LogDirectory } from './log-directory.ts';
import type { AppendOptions } from './log-types.ts';
import type { PartitionLog } from './partition-log.ts';

/** Compacted as soon as there is anything to compact, and in segments of a few batches. */
export const eagerConfig: LogConfig = {
  ...defaultLogConfig,
  cleanupPolicy: { delete: false, compact: true },
  segmentBytes: 400,
  minCleanableDirtyRatio: 0.01,
  deleteRetentionMs: 60_000,
};

/** A log directory in memory with a cleaner, for tests. */
export class CleanerFixture {
  readonly clock = new SimulatedClock();
  readonly fs: FileSystem;
  directory: LogDirectory;
  cleanerConfig: LogCleanerConfig = {
    threads: 1,
    backoffMs: 15_000,
    dedupeBufferBytes: 1024 * 1024,
    loadFactor: 0.9,
    ioBufferBytes: 64 * 1024,
    maxBytesPerSecond: Number.MAX_VALUE,
  };
  cleaner: LogCleaner;

  readonly path: string;
  readonly #headroom: HeadroomSizes | undefined;

  constructor(fs?: FileSystem, path = '/data', headroom?: HeadroomSizes) {
    this.path = path;
    this.#headroom = headroom;
    this.fs = fs ?? new MemoryFileSystem({ clock: this.clock });
    this.directory = this.#openDirectory();
    this.cleaner = this.#makeCleaner();
  }

  #openDirectory(): LogDirectory {
    return LogDirectory.open({
      fs: this.fs,
      clock: this.clock,
      random: new SeededRandom(1),
      logger: silentLogger,
      path: this.path,
      nodeId: 1,
      producerIdExpirationMs: 86_400_000,
      headroom: this.#headroom,
    });
  }

  #makeCleaner(): LogCleaner {
    return new LogCleaner({
      directories: () => [this.directory],
      config: () => this.cleanerConfig,
      clock: this.clock,
      logger: silentLogger,
    });
  }

  open(config: Partial<LogConfig> = {}, topic = 'orders'): PartitionLog {
    const log = this.directory.openLog({ topic, partition: 0, config: { ...eagerConfig, ...config } });
    log.setHighWatermark(log.logEndOffset);
    return log;
  }

  /** Compacts until nothing is left to compact. */
  async clean(): Promise<void> {
    this.cleaner.start();
    await this.cleaner.idle();
  }

  /** The broker stops and starts again. */
  async restart(): Promise<void> {
    await this.cleaner.close();
    this.directory.close();
    this.directory = this.#openDirectory();
    this.cleaner = this.#makeCleaner();
  }

  /** Appends one batch of `key=value` records, `key` alone being a tombstone, and commits it. Returns its base offset. */
  send(log: PartitionLog, records: readonly string[], input: Partial<BatchInput> = {}, leaderEpoch = 0): number {
    return this.append(
      log,
      buildBatch({
        baseOffset: 0,
        records: records.map((text) => {
          const [key, value] = text.split('=');
          return {
            timestampMs: this.clock.now(),
            key: key === '' ? null : Buffer.from(key as string),
            value: value === undefined ? null : Buffer.from(value),
          };
        }),
        ...input,
      }),
      { leaderEpoch },
    );
  }

  marker(
    log: PartitionLog,
    producerId: number,
    producerEpoch: number,
    type: 'COMMIT' | 'ABORT',
    leaderEpoch = 0,
  ): number {
    const record = { timestampMs: this.clock.now(), key: controlRecordKey(type), value: endTransactionMarker(0) };
    const marker = { producerId, producerEpoch, isTransactional: true, isControl: true };
    return this.append(log, buildBatch({ baseOffset: 0, records: [record], ...marker }), {
      leaderEpoch,
      origin: 'coordinator',
    });
  }

  append(log: PartitionLog, batch: Buffer, options: Partial<AppendOptions> = {}): number {
    const result = log.append(batch, { leaderEpoch: 0, origin: 'client', ...options });
    if (result.kind === 'refused') throw new Error(`refused: ${result.errorCode} ${result.errorMessage}`);
    log.writeQueued();
    log.setHighWatermark(log.logEndOffset);
    return result.baseOffset;
  }

  /** Makes everything appended so far something that may be compacted. */
  roll(log: PartitionLog): void {
    const { config } = log;
    log.config = { ...config, segmentMs: 0 };
    this.clock.advance(1);
    this.send(log, ['end of segment=']);
    log.config = config;
  }

  files(log: PartitionLog): string[] {
    return this.fs.list(log.directory);
  }
}

/** What a log holds, a line a record: `offset key=value`, tombstones without the equals sign, markers by type. */
export function recordLines(batches: Iterable<RecordBatch>): string[] {
  return [...batches].flatMap((batch) =>
    recordsOf(batch, { maxBytes: 2 ** 24 }).map(({ offset, key, value }) => {
      if (batch.isControl) return `${offset} ${key?.readInt16BE(2) === 0 ? 'ABORT' : 'COMMIT'}`;
      return `${offset} ${String(key ?? '')}${value === null ? '' : `=${String(value)}`}`;
    }),
  );
}

/** The same without what `roll` put there. */
export function contents(log: PartitionLog): string[] {
  return recordLines(log.batches(0)).filter((line) => !line.includes('end of segment'));
}

/** The offsets that each batch spans, with its number of records: `0-4:2`. */
export function boundaries(log: PartitionLog): string[] {
  return [...log.batches(0)].map(
    ({ baseOffset, lastOffset, recordCount }) => `${baseOffset}-${lastOffset}:${recordCount}`,
  );
}
