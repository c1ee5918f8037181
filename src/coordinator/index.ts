export { inHashMapOrder, javaHashCode } from './java-string.ts';
export type { Log, LogEntry } from './log.ts';
export type { Input, LogPosition, Machine, Outcome, Reading, Ticket } from './machine.ts';
export { CoordinatorLoadInProgressError, NotCoordinatorError, Shard, type ShardOptions } from './shard.ts';
export { partitionFor } from './partition-for.ts';
export {
  AppendRefusedError,
  PartitionedLog,
  type CoordinatedPartition,
  type RecordOrigin,
  type RecordSerializer,
  type WrittenRecord,
} from './partitioned-log.ts';
export { ShardSet } from './shard-set.ts';
