/**
 * Gives out a producer id and epoch; for a transactional id it also fences the previous producer and ends what it left
 * open.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { bool, int16, int32, int64, message, string, type Infer } from '../schema.ts';

export const InitProducerIdRequest = message(
  'InitProducerIdRequest',
  { apiKey: 22, versions: [0, 6], flexibleSince: 2 },
  () => ({
    transactionalId: string().nullable(),
    transactionTimeoutMs: int32(),
    producerId: int64().since(3).default(-1),
    producerEpoch: int16().since(3).default(-1),
    enable2Pc: bool().since(6).default(false),
    keepPreparedTxn: bool().since(6).default(false),
  }),
);
export type InitProducerIdRequest = Infer<typeof InitProducerIdRequest>;

export const InitProducerIdResponse = message(
  'InitProducerIdResponse',
  { apiKey: 22, versions: [0, 6], flexibleSince: 2 },
  () => ({
    throttleTimeMs: int32().default(0).ignorable(),
    errorCode: int16(),
    producerId: int64().default(-1),
    producerEpoch: int16(),
    ongoingTxnProducerId: int64().since(6).default(-1),
    ongoingTxnProducerEpoch: int16().since(6).default(-1),
  }),
);
export type InitProducerIdResponse = Infer<typeof InitProducerIdResponse>;
