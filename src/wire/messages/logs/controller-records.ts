/**
 * What the controller notes for itself in __cluster_metadata.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { int32, int64, int8, message, string, type Infer } from '../../schema.ts';

/** Nothing, regularly: it moves the high watermark on, so that a lagging replica shows. */
export const NoOpRecord = message('NoOpRecord', { apiKey: 20, versions: [0, 0], flexibleSince: 0 }, () => ({}));
export type NoOpRecord = Infer<typeof NoOpRecord>;

/** A block of producer ids was given to a broker. */
export const ProducerIdsRecord = message(
  'ProducerIdsRecord',
  { apiKey: 15, versions: [0, 0], flexibleSince: 0 },
  () => ({
    brokerId: int32(),
    brokerEpoch: int64().default(-1),
    nextProducerId: int64(),
  }),
);
export type ProducerIdsRecord = Infer<typeof ProducerIdsRecord>;

/** What follows counts once its transaction ends (KIP-868). */
export const BeginTransactionRecord = message(
  'BeginTransactionRecord',
  { apiKey: 23, versions: [0, 0], flexibleSince: 0 },
  () => ({
    name: string().nullable().tagged(0).default(null),
  }),
);
export type BeginTransactionRecord = Infer<typeof BeginTransactionRecord>;

/** The open metadata transaction counts. */
export const EndTransactionRecord = message(
  'EndTransactionRecord',
  { apiKey: 24, versions: [0, 0], flexibleSince: 0 },
  () => ({}),
);
export type EndTransactionRecord = Infer<typeof EndTransactionRecord>;

/** The open metadata transaction never happened. */
export const AbortTransactionRecord = message(
  'AbortTransactionRecord',
  { apiKey: 25, versions: [0, 0], flexibleSince: 0 },
  () => ({
    reason: string().nullable().tagged(0).default(null),
  }),
);
export type AbortTransactionRecord = Infer<typeof AbortTransactionRecord>;

/** How far a migration from ZooKeeper has come; 0 where there was none. */
export const ZkMigrationStateRecord = message(
  'ZkMigrationStateRecord',
  { apiKey: 21, versions: [0, 0], flexibleSince: 0 },
  () => ({
    zkMigrationState: int8(),
  }),
);
export type ZkMigrationStateRecord = Infer<typeof ZkMigrationStateRecord>;
