/**
 * A broker introduces itself to the controller: endpoints, features, log directories.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, int64, message, string, uint16, uuid, type Infer } from '../schema.ts';

export const BrokerRegistrationRequest = message(
  'BrokerRegistrationRequest',
  { apiKey: 62, versions: [0, 4], flexibleSince: 0 },
  () => ({
    brokerId: int32(),
    clusterId: string(),
    incarnationId: uuid(),
    listeners: array({
      name: string(),
      host: string(),
      port: uint16(),
      securityProtocol: int16(),
    }),
    features: array({
      name: string(),
      minSupportedVersion: int16(),
      maxSupportedVersion: int16(),
    }),
    rack: string().nullable(),
    isMigratingZkBroker: bool().since(1).default(false),
    logDirs: array(uuid()).since(2).ignorable(),
    previousBrokerEpoch: int64().since(3).default(-1).ignorable(),
  }),
);
export type BrokerRegistrationRequest = Infer<typeof BrokerRegistrationRequest>;

export const BrokerRegistrationResponse = message(
  'BrokerRegistrationResponse',
  { apiKey: 62, versions: [0, 4], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    brokerEpoch: int64().default(-1),
  }),
);
export type BrokerRegistrationResponse = Infer<typeof BrokerRegistrationResponse>;
