/**
 * A broker tells the controller that it lives; the answer says whether it is fenced or may stop.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, int64, message, uuid, type Infer } from '../schema.ts';

export const BrokerHeartbeatRequest = message(
  'BrokerHeartbeatRequest',
  { apiKey: 63, versions: [0, 2], flexibleSince: 0 },
  () => ({
    brokerId: int32(),
    brokerEpoch: int64().default(-1),
    currentMetadataOffset: int64(),
    wantFence: bool(),
    wantShutDown: bool(),
    offlineLogDirs: array(uuid()).since(1).tagged(0),
    cordonedLogDirs: array(uuid()).since(2).nullable().tagged(1).default(null),
  }),
);
export type BrokerHeartbeatRequest = Infer<typeof BrokerHeartbeatRequest>;

export const BrokerHeartbeatResponse = message(
  'BrokerHeartbeatResponse',
  { apiKey: 63, versions: [0, 2], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    isCaughtUp: bool().default(false),
    isFenced: bool().default(true),
    shouldShutDown: bool(),
  }),
);
export type BrokerHeartbeatResponse = Infer<typeof BrokerHeartbeatResponse>;
