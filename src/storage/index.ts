export { withChecksum, withoutChecksum } from './blank-checksum.ts';
export { defaultLogConfig, type LogCompressionType, type LogConfig } from './log-config.ts';
export { canMove } from './file-names.ts';
export { DuplicateLogError, LogDirectories, type DescribedDirectory } from './log-directories.ts';
export { LogCleaner, type LogCleanerConfig, type LogCleanerFigures, type LogCleanerOptions } from './log-cleaner.ts';
export { LogDirectoryError } from './log-directory-error.ts';
export { LogDirectory, type FoundPartition, type LogDirectoryOptions, type OpenLogOptions } from './log-directory.ts';
export type {
  AbortedTransaction,
  Appended,
  AppendOptions,
  AppendOrigin,
  AppendRefused,
  EpochEnd,
  MarkerClaim,
  PartitionLogOptions,
  ReadRefused,
  ReadRequest,
  RecordError,
  TimestampOffset,
  VerificationGuard,
} from './log-types.ts';
export { PartitionLog } from './partition-log.ts';
export { isSameTopicId } from './partition-metadata.ts';
export { isAtHand, isSameRead, type ReadPlan } from './read-plan.ts';
export { TopicIdMismatchError } from './recovery.ts';
export { CorruptSegmentError } from './corrupt-segment-error.ts';
