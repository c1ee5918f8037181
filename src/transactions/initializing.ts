/** InitProducerId 0-5 with a transactional id (TransactionCoordinator.handleInitProducerId). */
import type { Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import { fence } from './ending.ts';
import { ID_WANTED, refusedProducer } from './producer-answer.ts';
import type { Step } from './step.ts';
import { isEpochExhausted, NO_PARTITIONS, NO_PRODUCER_EPOCH, NO_PRODUCER_ID, type Transaction } from './transaction.ts';
import type { ProducerAnswer, TransactionApis, TransactionRequest } from './transaction-requests.ts';

type Request = TransactionApis['initProducerId']['request'];

export function initProducerId(step: Step, ticket: Ticket, { request }: TransactionRequest<'initProducerId'>): void {
  step.answer(ticket, 'initProducerId', initialize(step, request));
}

function initialize(step: Step, request: Request): ProducerAnswer {
  const { transactionalId, timeoutMs, expected, freshProducerId } = request;
  if (transactionalId === '') return refusedProducer(ErrorCode.INVALID_REQUEST);
  if (timeoutMs <= 0 || timeoutMs > step.config.maxTimeoutMs)
    return refusedProducer(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
  const transaction = step.find(transactionalId);
  if (transaction === undefined) {
    if (freshProducerId === undefined) return ID_WANTED;
    return begin(step, request, undefined, { producerId: freshProducerId, producerEpoch: 0 });
  }
  // Either it is the producer itself, or one that has not heard that it goes on under another id.
  if (
    expected !== undefined &&
    expected.producerId !== transaction.producerId &&
    (expected.producerId !== transaction.previousProducerId || !isEpochExhausted(expected.producerEpoch))
  )
    return refusedProducer(ErrorCode.PRODUCER_FENCED);
  switch (transaction.status) {
    case 'PrepareCommit':
    case 'PrepareAbort':
    case 'Dead':
    case 'PrepareEpochFence':
      return refusedProducer(ErrorCode.CONCURRENT_TRANSACTIONS);
    case 'Ongoing':
      // Who comes back when the transaction is gone gets an epoch above that of the fence.
      fence(step, transactionalId, transaction);
      return refusedProducer(ErrorCode.CONCURRENT_TRANSACTIONS);
    case 'Empty':
    case 'CompleteCommit':
    case 'CompleteAbort':
      return raise(step, request, transaction);
  }
}

/** The next epoch, the next producer id where those are used up, or the present one to whom it was given already. */
function raise(step: Step, request: Request, transaction: Transaction): ProducerAnswer {
  const { transactionalId, expected, freshProducerId } = request;
  const { producerId, producerEpoch } = transaction;
  if (isEpochExhausted(producerEpoch) && (expected === undefined || expected.producerEpoch === producerEpoch)) {
    if (freshProducerId === undefined) return ID_WANTED;
    const lastEpoch = expected === undefined ? NO_PRODUCER_EPOCH : producerEpoch;
    return begin(step, request, transaction, { producerId: freshProducerId, producerEpoch: 0, lastEpoch });
  }
  if (expected === undefined)
    return begin(step, request, transaction, { producerId, producerEpoch: producerEpoch + 1 });
  if (expected.producerEpoch === producerEpoch) {
    const raised = { producerId, producerEpoch: producerEpoch + 1, lastEpoch: producerEpoch };
    return begin(step, request, transaction, raised);
  }
  const lastEpoch = step.soft.lastEpochs.get(transactionalId);
  if (expected.producerEpoch === lastEpoch)
    return begin(step, request, transaction, { producerId, producerEpoch, lastEpoch });
  return refusedProducer(ErrorCode.PRODUCER_FENCED);
}

function begin(
  step: Step,
  { transactionalId, timeoutMs }: Request,
  before: Transaction | undefined,
  producer: { readonly producerId: number; readonly producerEpoch: number; readonly lastEpoch?: number },
): ProducerAnswer {
  const { producerId, producerEpoch, lastEpoch = NO_PRODUCER_EPOCH } = producer;
  step.soft.lastEpochs.set(transactionalId, lastEpoch);
  step.write(transactionalId, before, {
    producerId,
    nextProducerId: NO_PRODUCER_ID,
    producerEpoch,
    timeoutMs,
    status: 'Empty',
    partitions: NO_PARTITIONS,
    startMs: -1,
    lastUpdateMs: step.now,
    clientTransactionVersion: before?.clientTransactionVersion ?? 0,
  });
  return { errorCode: ErrorCode.NONE, producerId, producerEpoch };
}
