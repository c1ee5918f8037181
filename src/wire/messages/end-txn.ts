/**
 * Commits or aborts a transaction.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { bool, int16, int32, int64, message, string, type Infer } from '../schema.ts';

export const EndTxnRequest = message('EndTxnRequest', { apiKey: 26, versions: [0, 5], flexibleSince: 3 }, () => ({
  transactionalId: string(),
  producerId: int64(),
  producerEpoch: int16(),
  committed: bool(),
}));
export type EndTxnRequest = Infer<typeof EndTxnRequest>;

export const EndTxnResponse = message('EndTxnResponse', { apiKey: 26, versions: [0, 5], flexibleSince: 3 }, () => ({
  throttleTimeMs: int32().default(0),
  errorCode: int16(),
  producerId: int64().since(5).default(-1).ignorable(),
  producerEpoch: int16().since(5).default(-1).ignorable(),
}));
export type EndTxnResponse = Infer<typeof EndTxnResponse>;
