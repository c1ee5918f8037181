/** How a transaction comes to its end: decided, marked, complete (TransactionCoordinator.endTransaction). */
import type { Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import { ID_WANTED, refusedProducer } from './producer-answer.ts';
import type { Step } from './step.ts';
import {
  fencingEpoch,
  isEpochExhausted,
  LAST_USABLE_EPOCH,
  NO_PARTITIONS,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  raisesEpochs,
  type Transaction,
} from './transaction.ts';
import type { ProducerAnswer, TransactionApis, TransactionRequest } from './transaction-requests.ts';

type Request = TransactionApis['endTxn']['request'];

/** EndTxn 0-5. */
export function endTxn(step: Step, ticket: Ticket, { request }: TransactionRequest<'endTxn'>): void {
  const answer = raisesEpochs(request.clientTransactionVersion) ? endRaising(step, request) : endPlainly(step, request);
  step.answer(ticket, 'endTxn', answer);
}

/** Up to version 4: the producer goes on with the epoch that it has. */
function endPlainly(step: Step, request: Request): ProducerAnswer {
  const { transactionalId, producerId, producerEpoch, isCommit } = request;
  if (transactionalId === '') return refusedProducer(ErrorCode.INVALID_REQUEST);
  const transaction = step.find(transactionalId);
  if (transaction === undefined || transaction.producerId !== producerId)
    return refusedProducer(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  if (transaction.producerEpoch !== producerEpoch) return refusedProducer(ErrorCode.PRODUCER_FENCED);
  switch (transaction.status) {
    case 'Ongoing':
      decide(step, transactionalId, transaction, { isCommit, producerEpoch, clientTransactionVersion: 0 });
      return accepted(transaction);
    case 'PrepareCommit':
    case 'PrepareAbort':
      // Whether it asks again, or already ends its next transaction: it is to wait until this one is complete.
      return refusedProducer(ErrorCode.CONCURRENT_TRANSACTIONS);
    case 'CompleteCommit':
    case 'CompleteAbort':
      return isDecidedAs(transaction, isCommit) ? accepted(transaction) : refusedProducer(ErrorCode.INVALID_TXN_STATE);
    case 'Empty':
    case 'Dead':
    case 'PrepareEpochFence':
      return refusedProducer(ErrorCode.INVALID_TXN_STATE);
  }
}

/** Version 5 (KIP-890): the epoch rises with each transaction, so that nothing of it can come late into the next. */
function endRaising(step: Step, request: Request): ProducerAnswer {
  const { transactionalId, producerId, producerEpoch, isCommit, clientTransactionVersion, freshProducerId } = request;
  if (transactionalId === '') return refusedProducer(ErrorCode.INVALID_REQUEST);
  const transaction = step.find(transactionalId);
  if (transaction === undefined) return refusedProducer(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  const isRetryOverIds =
    transaction.previousProducerId === producerId &&
    producerEpoch === LAST_USABLE_EPOCH &&
    transaction.producerEpoch === 0;
  const isRetry = isRetryOverIds || transaction.producerEpoch === producerEpoch + 1;
  if (transaction.producerId !== producerId && !isRetryOverIds)
    return refusedProducer(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  const isPresent = transaction.producerEpoch === producerEpoch;

  const decideNow = (): ProducerAnswer => {
    // The records of level 0 have no place for who goes on.
    if (step.config.transactionVersion === 0) return refusedProducer(ErrorCode.UNSUPPORTED_VERSION);
    const isExhausted = isEpochExhausted(producerEpoch);
    if (isExhausted && freshProducerId === undefined) return ID_WANTED;
    const nextProducerId = isExhausted && freshProducerId !== undefined ? freshProducerId : NO_PRODUCER_ID;
    step.soft.lastEpochs.set(transactionalId, producerEpoch);
    decide(step, transactionalId, transaction, {
      isCommit,
      producerEpoch: fencingEpoch(producerEpoch),
      nextProducerId,
      clientTransactionVersion,
    });
    return {
      errorCode: ErrorCode.NONE,
      producerId: isExhausted ? nextProducerId : producerId,
      producerEpoch: isExhausted ? 0 : producerEpoch + 1,
    };
  };

  switch (transaction.status) {
    case 'Ongoing':
      return isPresent ? decideNow() : refusedProducer(ErrorCode.PRODUCER_FENCED);
    case 'PrepareCommit':
    case 'PrepareAbort':
      if (!isRetry && !isPresent) return refusedProducer(ErrorCode.PRODUCER_FENCED);
      // The present epoch ends its next transaction, which is to wait until this one is complete.
      return refusedProducer(
        isPresent || isDecidedAs(transaction, isCommit)
          ? ErrorCode.CONCURRENT_TRANSACTIONS
          : ErrorCode.INVALID_TXN_STATE,
      );
    case 'CompleteCommit':
    case 'CompleteAbort':
      if (!isRetry && !isPresent) return refusedProducer(ErrorCode.PRODUCER_FENCED);
      if (isRetry)
        return isDecidedAs(transaction, isCommit)
          ? accepted(transaction)
          : refusedProducer(ErrorCode.INVALID_TXN_STATE);
      return isCommit ? refusedProducer(ErrorCode.INVALID_TXN_STATE) : decideNow();
    case 'Empty':
      if (!isPresent) return refusedProducer(ErrorCode.PRODUCER_FENCED);
      return isCommit ? refusedProducer(ErrorCode.INVALID_TXN_STATE) : decideNow();
    case 'Dead':
    case 'PrepareEpochFence':
      return refusedProducer(ErrorCode.INVALID_TXN_STATE);
  }
}

const accepted = ({ producerId, producerEpoch }: Transaction): ProducerAnswer => ({
  errorCode: ErrorCode.NONE,
  producerId,
  producerEpoch,
});

function isDecidedAs({ status }: Transaction, isCommit: boolean): boolean {
  return isCommit
    ? status === 'PrepareCommit' || status === 'CompleteCommit'
    : status === 'PrepareAbort' || status === 'CompleteAbort';
}

/** Aborts an ongoing transaction and raises the epoch above that of its producer, who is not asked. */
export function fence(step: Step, transactionalId: string, transaction: Transaction): void {
  const { producerEpoch } = transaction;
  const { transactionVersion } = step.config;
  const clientTransactionVersion = raisesEpochs(transactionVersion) ? transactionVersion : 0;
  step.soft.lastEpochs.set(transactionalId, raisesEpochs(transactionVersion) ? producerEpoch : NO_PRODUCER_EPOCH);
  decide(step, transactionalId, transaction, {
    isCommit: false,
    producerEpoch: fencingEpoch(producerEpoch),
    clientTransactionVersion,
  });
}

function decide(
  step: Step,
  transactionalId: string,
  transaction: Transaction,
  decision: {
    readonly isCommit: boolean;
    readonly producerEpoch: number;
    readonly nextProducerId?: number;
    readonly clientTransactionVersion: number;
  },
): void {
  const { isCommit, producerEpoch, nextProducerId = NO_PRODUCER_ID, clientTransactionVersion } = decision;
  step.write(transactionalId, transaction, {
    ...transaction,
    nextProducerId,
    producerEpoch,
    status: isCommit ? 'PrepareCommit' : 'PrepareAbort',
    startMs: transaction.status === 'Ongoing' ? transaction.startMs : step.now,
    lastUpdateMs: step.now,
    clientTransactionVersion,
  });
  step.soft.decided.push(transactionalId);
}

/** Tells who writes markers of what is decided by now. */
export function decided(step: Step, ticket: Ticket): void {
  // A writer that asks anew has lost the former one's answer, if there was one.
  step.soft.markerWriter = ticket;
}

export function marked(step: Step, ticket: Ticket, { request }: TransactionRequest<'marked'>): void {
  step.answer(ticket, 'marked', {});
  const { transactionalId, producerId, producerEpoch } = request;
  const transaction = step.find(transactionalId);
  if (transaction?.producerId !== producerId || transaction.producerEpoch !== producerEpoch) return;
  if (transaction.status !== 'PrepareCommit' && transaction.status !== 'PrepareAbort') return;
  const { nextProducerId } = transaction;
  const goesOn = raisesEpochs(transaction.clientTransactionVersion) && nextProducerId !== NO_PRODUCER_ID;
  step.write(transactionalId, transaction, {
    ...transaction,
    producerId: goesOn ? nextProducerId : producerId,
    nextProducerId: NO_PRODUCER_ID,
    producerEpoch: goesOn ? 0 : producerEpoch,
    status: transaction.status === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort',
    partitions: NO_PARTITIONS,
    lastUpdateMs: step.now,
  });
}
