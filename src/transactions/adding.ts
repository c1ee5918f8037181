/** What becomes part of a transaction, and whether something is (AddPartitionsToTxn and AddOffsetsToTxn, KIP-890). */
import type { Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { Step } from './step.ts';
import { NO_PARTITIONS, type Partitions, type Transaction } from './transaction.ts';
import type { Producer, TransactionApis, TransactionRequest } from './transaction-requests.ts';

export function addPartitions(step: Step, ticket: Ticket, { request }: TransactionRequest<'addPartitions'>): void {
  step.answer(ticket, 'addPartitions', { errorCode: add(step, request) });
}

function add(step: Step, request: TransactionApis['addPartitions']['request']): number {
  const transaction = transactionOf(step, request);
  if (typeof transaction === 'number') return transaction;
  const { transactionalId, partitions, clientTransactionVersion } = request;
  const isOngoing = transaction.status === 'Ongoing';
  if (isOngoing && isEmpty(without(partitions, transaction.partitions))) return ErrorCode.NONE;
  step.write(transactionalId, transaction, {
    ...transaction,
    status: 'Ongoing',
    partitions: union(transaction.partitions, partitions),
    startMs: isOngoing ? transaction.startMs : step.now,
    lastUpdateMs: step.now,
    clientTransactionVersion,
  });
  return ErrorCode.NONE;
}

export function verifyPartitions(
  step: Step,
  ticket: Ticket,
  { request }: TransactionRequest<'verifyPartitions'>,
): void {
  const transaction = transactionOf(step, request);
  step.answer(
    ticket,
    'verifyPartitions',
    typeof transaction === 'number'
      ? { errorCode: transaction, missing: NO_PARTITIONS }
      : { errorCode: ErrorCode.NONE, missing: without(request.partitions, transaction.partitions) },
  );
}

/** The transaction to which the producer may add, or the error it is told. */
function transactionOf(step: Step, { transactionalId, producerId, producerEpoch }: Producer): Transaction | number {
  if (transactionalId === '') return ErrorCode.INVALID_REQUEST;
  const transaction = step.find(transactionalId);
  if (transaction === undefined || transaction.producerId !== producerId) return ErrorCode.INVALID_PRODUCER_ID_MAPPING;
  if (transaction.producerEpoch !== producerEpoch) return ErrorCode.PRODUCER_FENCED;
  const { status } = transaction;
  return status === 'PrepareCommit' || status === 'PrepareAbort' ? ErrorCode.CONCURRENT_TRANSACTIONS : transaction;
}

const isEmpty = (partitions: Partitions): boolean => partitions.size === 0;

function union(a: Partitions, b: Partitions): Partitions {
  const all = new Map(a);
  for (const [topic, ids] of b) all.set(topic, new Set([...(a.get(topic) ?? []), ...ids]));
  return all;
}

function without(partitions: Partitions, known: Partitions): Partitions {
  const left = new Map<string, Set<number>>();
  for (const [topic, ids] of partitions) {
    const unknown = [...ids].filter((id) => known.get(topic)?.has(id) !== true);
    if (unknown.length > 0) left.set(topic, new Set(unknown));
  }
  return left;
}
