export { incrementSequence, RecordBatch, type TimestampType } from './batch.ts';
export {
  buildBatch,
  convertBatch,
  emptyBatch,
  type BatchInput,
  type Conversion,
  type RecordInput,
} from './build-batch.ts';
export {
  beginsAs,
  compress,
  decompress,
  isReady as isCompressionReady,
  prepare as prepareCompression,
} from './compression/index.ts';
export { COMPRESSION_TYPES, type CompressionType } from './compression-type.ts';
export {
  CONTROL_RECORD,
  controlRecordKey,
  controlRecordTypeOf,
  coordinatorEpochOf,
  endTransactionMarker,
  type ControlRecordType,
} from './control.ts';
export { crc32c } from './crc32c.ts';
export {
  CorruptCompressionError,
  CorruptRecordError,
  RecordsTooLargeError,
  UnsupportedCompressionError,
} from './errors.ts';
export { filterBatch, type BatchFilter } from './filter-batch.ts';
export {
  openRecords,
  RecordCursor,
  recordsOf,
  walkRecords,
  type ReadOptions,
  type Record,
  type RecordHeader,
} from './record.ts';
export { batchesOf, scanBatches, type BatchScan, type ScanProblem } from './scan.ts';
