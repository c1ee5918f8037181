/**
 * Makes a group's offsets partition part of a transaction.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { int16, int32, int64, message, string, type Infer } from '../schema.ts';

export const AddOffsetsToTxnRequest = message(
  'AddOffsetsToTxnRequest',
  { apiKey: 25, versions: [0, 4], flexibleSince: 3 },
  () => ({
    transactionalId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    groupId: string(),
  }),
);
export type AddOffsetsToTxnRequest = Infer<typeof AddOffsetsToTxnRequest>;

export const AddOffsetsToTxnResponse = message(
  'AddOffsetsToTxnResponse',
  { apiKey: 25, versions: [0, 4], flexibleSince: 3 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
  }),
);
export type AddOffsetsToTxnResponse = Infer<typeof AddOffsetsToTxnResponse>;
