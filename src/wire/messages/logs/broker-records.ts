/**
 * Brokers and controllers in __cluster_metadata.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, int64, int8, message, string, uint16, uuid, type Infer } from '../../schema.ts';

/** A broker registered, under a new broker epoch. */
export const RegisterBrokerRecord = message(
  'RegisterBrokerRecord',
  { apiKey: 0, versions: [0, 4], flexibleSince: 0 },
  () => ({
    brokerId: int32(),
    isMigratingZkBroker: bool().since(2).default(false),
    incarnationId: uuid(),
    brokerEpoch: int64(),
    endPoints: array({
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
    fenced: bool().default(true),
    inControlledShutdown: bool().since(1).default(false),
    logDirs: array(uuid()).since(3).tagged(0),
    cordonedLogDirs: array(uuid()).since(4).nullable().tagged(1).default(null),
  }),
);
export type RegisterBrokerRecord = Infer<typeof RegisterBrokerRecord>;

/** A broker was removed for good. */
export const UnregisterBrokerRecord = message(
  'UnregisterBrokerRecord',
  { apiKey: 1, versions: [0, 0], flexibleSince: 0 },
  () => ({
    brokerId: int32(),
    brokerEpoch: int64(),
  }),
);
export type UnregisterBrokerRecord = Infer<typeof UnregisterBrokerRecord>;

/** A broker is fenced: written by old metadata versions, before BrokerRegistrationChangeRecord. */
export const FenceBrokerRecord = message(
  'FenceBrokerRecord',
  { apiKey: 7, versions: [0, 0], flexibleSince: 0 },
  () => ({
    id: int32(),
    epoch: int64(),
  }),
);
export type FenceBrokerRecord = Infer<typeof FenceBrokerRecord>;

/** A broker is unfenced: written by old metadata versions. */
export const UnfenceBrokerRecord = message(
  'UnfenceBrokerRecord',
  { apiKey: 8, versions: [0, 0], flexibleSince: 0 },
  () => ({
    id: int32(),
    epoch: int64(),
  }),
);
export type UnfenceBrokerRecord = Infer<typeof UnfenceBrokerRecord>;

/** A broker was fenced or unfenced, shuts down, or changed its log directories. */
export const BrokerRegistrationChangeRecord = message(
  'BrokerRegistrationChangeRecord',
  { apiKey: 17, versions: [0, 3], flexibleSince: 0 },
  () => ({
    brokerId: int32(),
    brokerEpoch: int64(),
    fenced: int8().tagged(0),
    inControlledShutdown: int8().since(1).tagged(1),
    logDirs: array(uuid()).since(2).tagged(2),
    cordonedLogDirs: array(uuid()).since(3).nullable().tagged(3).default(null),
  }),
);
export type BrokerRegistrationChangeRecord = Infer<typeof BrokerRegistrationChangeRecord>;

/** A controller registered. */
export const RegisterControllerRecord = message(
  'RegisterControllerRecord',
  { apiKey: 27, versions: [0, 0], flexibleSince: 0 },
  () => ({
    controllerId: int32(),
    incarnationId: uuid(),
    zkMigrationReady: bool(),
    endPoints: array({
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
  }),
);
export type RegisterControllerRecord = Infer<typeof RegisterControllerRecord>;
