import { ErrorCode } from '../wire/index.ts';
import { NO_PRODUCER_EPOCH, NO_PRODUCER_ID } from './transaction.ts';
import type { ProducerAnswer } from './transaction-requests.ts';

export const refusedProducer = (errorCode: number): ProducerAnswer => ({
  errorCode,
  producerId: NO_PRODUCER_ID,
  producerEpoch: NO_PRODUCER_EPOCH,
});

export const ID_WANTED: ProducerAnswer = { ...refusedProducer(ErrorCode.NONE), isIdWanted: true };
