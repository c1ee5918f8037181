import type { RecordBatch } from '../wire/records/index.ts';
import type { LogConfig } from './log-config.ts';
import type {
  AbortedTransaction,
  Appended,
  AppendOptions,
  AppendRefused,
  EpochEnd,
  PartitionLogOptions,
  ReadRefused,
  ReadRequest,
  TimestampOffset,
} from './log-types.ts';
import type { ReadPlan } from './read-plan.ts';

export declare class PartitionLog {
  static open(options: PartitionLogOptions): PartitionLog;
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string;
  config: LogConfig;
  get directory(): string;
  get logStartOffset(): number;
  get logEndOffset(): number;
  get writtenEndOffset(): number;
  get recoveryPoint(): number;
  get sizeInBytes(): number;
  get isOffline(): boolean;
  get highWatermark(): number;
  setHighWatermark(offset: number): void;
  get lastStableOffset(): number;
  get latestEpoch(): number;

  preparationFor(records: Buffer): Promise<void> | undefined;
  append(records: Buffer, options: AppendOptions): Appended | AppendRefused;
  onWritten(listener: (writtenEndOffset: number) => void): void;
  onFailed(listener: (error: Error) => void): void;
  writeQueued(): void;

  plan(request: ReadRequest): ReadPlan | ReadRefused;
  read(plan: ReadPlan): Buffer;
  readLater(plan: ReadPlan): Promise<Buffer>;
  batches(from: number): Generator<RecordBatch>;
  offsetForTimestamp(timestampMs: number): Promise<TimestampOffset | undefined>;
  maxTimestampOffset(): Promise<TimestampOffset | undefined>;
  endOffsetForEpoch(leaderEpoch: number): EpochEnd;
  assignEpoch(leaderEpoch: number): void;
  abortedTransactions(from: number, to: number): AbortedTransaction[];
  hasOngoingTransaction(producerId: number, producerEpoch: number): boolean;

  expireProducers(now: number): void;
  flush(): void;
  flushLater(): Promise<void>;
  flushIfDue(now: number): void;
  deleteOldSegments(now: number): number;
  deleteRecordsBefore(offset: number): void;
  truncateTo(offset: number): void;
  truncateFullyAndStartAt(offset: number): void;
  close(): void;
}
