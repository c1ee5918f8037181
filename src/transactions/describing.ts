/** DescribeTransactions 0 and ListTransactions 0-2 (KIP-664, KIP-994, KIP-1152): what a shard tells of its transactions. */
import type { Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { Step } from './step.ts';
import type { TransactionRequest } from './transaction-requests.ts';

export function describeTransaction(
  step: Step,
  ticket: Ticket,
  { request: { transactionalId } }: TransactionRequest<'describeTransaction'>,
): void {
  const transaction = step.find(transactionalId);
  if (transaction === undefined || transaction.status === 'Dead') {
    const errorCode = transactionalId === '' ? ErrorCode.INVALID_REQUEST : ErrorCode.TRANSACTIONAL_ID_NOT_FOUND;
    return step.answer(ticket, 'describeTransaction', undescribed(transactionalId, errorCode));
  }
  const { status, timeoutMs, startMs, producerId, producerEpoch, partitions } = transaction;
  step.answer(ticket, 'describeTransaction', {
    errorCode: ErrorCode.NONE,
    transactionalId,
    transactionState: status,
    transactionTimeoutMs: timeoutMs,
    transactionStartTimeMs: startMs,
    producerId,
    producerEpoch,
    topics: [...partitions].map(([topic, ids]) => ({ topic, partitions: [...ids] })),
  });
}

export const undescribed = (transactionalId: string, errorCode: number) => ({
  errorCode,
  transactionalId,
  transactionState: '',
  transactionTimeoutMs: 0,
  transactionStartTimeMs: 0,
  producerId: 0,
  producerEpoch: 0,
  topics: [],
});

export function listTransactions(
  step: Step,
  ticket: Ticket,
  { request }: TransactionRequest<'listTransactions'>,
): void {
  const { durationFilter, matches } = request;
  const states = new Set(request.stateFilters);
  const producerIds = new Set(request.producerIdFilters);
  const transactionStates = [];
  for (const [transactionalId, { status, producerId, startMs }] of step.hard.byId) {
    const isWanted =
      status !== 'Dead' &&
      (producerIds.size === 0 || producerIds.has(producerId)) &&
      (states.size === 0 || states.has(status)) &&
      (durationFilter < 0 || step.now - startMs > durationFilter) &&
      matches(transactionalId);
    if (isWanted) transactionStates.push({ transactionalId, producerId, transactionState: status });
  }
  step.answer(ticket, 'listTransactions', { transactionStates });
}
