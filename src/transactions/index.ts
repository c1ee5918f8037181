export { undescribed } from './describing.ts';
export { writeMarkers, type MarkerChannel, type MarkerOutcome, type TransactionMarker } from './marker-writer.ts';
export type { TransactionsSoft } from './step.ts';
export {
  TRANSACTION_STATUSES,
  type Partitions,
  type Transaction,
  type TransactionRecord,
  type Transactions,
} from './transaction.ts';
export { transactionRecordSerializer } from './transaction-record-serializer.ts';
export type {
  Producer,
  ProducerAnswer,
  TransactionApi,
  TransactionApis,
  TransactionReply,
  TransactionRequest,
  TransactionsConfig,
} from './transaction-requests.ts';
export { transactionsMachine, type TransactionsMachine } from './transactions-machine.ts';
