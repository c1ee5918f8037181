/**
 * Says which broker coordinates a group, a transactional id or a share partition.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int8, message, string, type Infer } from '../schema.ts';

export const FindCoordinatorRequest = message(
  'FindCoordinatorRequest',
  { apiKey: 10, versions: [0, 6], flexibleSince: 3 },
  () => ({
    key: string().until(3),
    keyType: int8().since(1).default(0),
    coordinatorKeys: array(string()).since(4),
  }),
);
export type FindCoordinatorRequest = Infer<typeof FindCoordinatorRequest>;

export const FindCoordinatorResponse = message(
  'FindCoordinatorResponse',
  { apiKey: 10, versions: [0, 6], flexibleSince: 3 },
  () => ({
    throttleTimeMs: int32().since(1).default(0).ignorable(),
    errorCode: int16().until(3),
    errorMessage: string().since(1).until(3).nullable().ignorable(),
    nodeId: int32().until(3),
    host: string().until(3),
    port: int32().until(3),
    coordinators: array({
      key: string(),
      nodeId: int32(),
      host: string(),
      port: int32(),
      errorCode: int16(),
      errorMessage: string().nullable().ignorable(),
    }).since(4),
  }),
);
export type FindCoordinatorResponse = Infer<typeof FindCoordinatorResponse>;
