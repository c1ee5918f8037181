export * from './broker-records.ts';
export * from './classic-group-records.ts';
export * from './config-records.ts';
export * from './consumer-group-records.ts';
export * from './control-records.ts';
export * from './controller-records.ts';
export * from './offset-commit-records.ts';
export * from './producer-snapshot.ts';
export * from './quorum-state.ts';
export * from './security-records.ts';
export * from './share-group-records.ts';
export * from './share-state-records.ts';
export * from './streams-group-records.ts';
export * from './topic-records.ts';
export * from './transaction-records.ts';
export {
  consumerOffsetsLog,
  shareGroupStateLog,
  transactionStateLog,
  type ConsumerOffsetsRecord,
  type ShareGroupStateRecord,
  type TransactionStateRecord,
} from './coordinator-logs.ts';
export {
  type CoordinatorLog,
  type CoordinatorRecord,
  type CoordinatorRecordInput,
  type UnknownRecord,
} from './coordinator-log.ts';
export { decodeMetadataRecord, encodeMetadataRecord, type MetadataRecord } from './metadata-log.ts';
