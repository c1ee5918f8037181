/**
 * Lists the transactions that this broker coordinates, filtered by state, producer, age or name.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, message, string, type Infer } from '../schema.ts';

export const ListTransactionsRequest = message(
  'ListTransactionsRequest',
  { apiKey: 66, versions: [0, 2], flexibleSince: 0 },
  () => ({
    stateFilters: array(string()),
    producerIdFilters: array(int64()),
    durationFilter: int64().since(1).default(-1),
    transactionalIdPattern: string().since(2).nullable().default(null),
  }),
);
export type ListTransactionsRequest = Infer<typeof ListTransactionsRequest>;

export const ListTransactionsResponse = message(
  'ListTransactionsResponse',
  { apiKey: 66, versions: [0, 2], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    unknownStateFilters: array(string()),
    transactionStates: array({
      transactionalId: string(),
      producerId: int64(),
      transactionState: string(),
    }),
  }),
);
export type ListTransactionsResponse = Infer<typeof ListTransactionsResponse>;
