export { defaultLogConfig, type LogCompressionType, type LogConfig } from './log-config.ts';
export type {
  AbortedTransaction,
  Appended,
  AppendOptions,
  AppendOrigin,
  AppendRefused,
  EpochEnd,
  PartitionLogOptions,
  ReadRefused,
  ReadRequest,
  RecordError,
  TimestampOffset,
} from './log-types.ts';
export { PartitionLog } from './partition-log.ts';
export type { ReadPlan } from './read-plan.ts';
export { LogDirectory, LogDirectoryError, type LogDirectoryOptions, type OpenLogOptions } from './log-directory.ts';
