/** What to do with a broker-side wish for the codec: keep the producer's, or write everything this way. */
export type LogCompressionType = 'producer' | 'uncompressed' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/**
 * The effective values of one log's topic configs (`segment.bytes`, `retention.ms`, ...): broker defaults and
 * topic overrides already merged. Bytes and milliseconds; -1 in retention means no limit.
 * Replaced as a whole at run time: `log.config = next`.
 */
export interface LogConfig {
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly segmentJitterMs: number;
  readonly segmentIndexBytes: number;
  readonly indexIntervalBytes: number;
  readonly maxMessageBytes: number;
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly cleanupPolicy: { readonly delete: boolean; readonly compact: boolean };
  readonly deleteRetentionMs: number;
  readonly minCompactionLagMs: number;
  readonly maxCompactionLagMs: number;
  readonly minCleanableDirtyRatio: number;
  readonly fileDeleteDelayMs: number;
  /** Sync after this many records, before they count as written. */
  readonly flushMessages: number;
  readonly flushMs: number;
  readonly compressionType: LogCompressionType;
  /** The level of `compressionType`; undefined means the codec's default. */
  readonly compressionLevel: number | undefined;
  readonly messageTimestampType: 'CreateTime' | 'LogAppendTime';
  readonly messageTimestampBeforeMaxMs: number;
  readonly messageTimestampAfterMaxMs: number;
}

const UNLIMITED = Number.MAX_SAFE_INTEGER;

/** Apache Kafka's defaults. */
export const defaultLogConfig: LogConfig = {
  segmentBytes: 1024 ** 3,
  segmentMs: 7 * 24 * 3_600_000,
  segmentJitterMs: 0,
  segmentIndexBytes: 10 * 1024 * 1024,
  indexIntervalBytes: 4096,
  maxMessageBytes: 1_048_588,
  retentionMs: 7 * 24 * 3_600_000,
  retentionBytes: -1,
  cleanupPolicy: { delete: true, compact: false },
  deleteRetentionMs: 24 * 3_600_000,
  minCompactionLagMs: 0,
  maxCompactionLagMs: UNLIMITED,
  minCleanableDirtyRatio: 0.5,
  fileDeleteDelayMs: 60_000,
  flushMessages: UNLIMITED,
  flushMs: UNLIMITED,
  compressionType: 'producer',
  compressionLevel: undefined,
  messageTimestampType: 'CreateTime',
  messageTimestampBeforeMaxMs: UNLIMITED,
  messageTimestampAfterMaxMs: 3_600_000,
};
