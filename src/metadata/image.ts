import type { Brokers } from './brokers.ts';
import { ClientQuotas } from './client-quotas.ts';
import { Configs } from './configs.ts';
import type { Features } from './features.ts';
import { NO_OTHER_RECORDS, type OtherRecords } from './other-records.ts';
import { NO_PRODUCER_IDS, type ProducerIds } from './producer-ids.ts';
import { ScramCredentials } from './scram-credentials.ts';
import { Topics } from './topics.ts';

/** A place in the metadata log. */
export interface MetadataPosition {
  readonly offset: number;
  /** Leader epoch of the batch there. */
  readonly epoch: number;
}

/** The cluster as of one moment of the metadata log. Never changes: the next moment is another image. */
export interface MetadataImage {
  readonly clusterId: string;
  /** The last record that went in; offset -1 before the first. */
  readonly position: MetadataPosition;
  readonly topics: Topics;
  readonly brokers: Brokers;
  readonly configs: Configs;
  readonly clientQuotas: ClientQuotas;
  readonly scramCredentials: ScramCredentials;
  readonly features: Features;
  readonly producerIds: ProducerIds;
  /** What this release does not act on yet, kept so that it is not lost. */
  readonly others: OtherRecords;
}

/** A cluster before its first record. */
export function emptyImage(clusterId: string): MetadataImage {
  return {
    clusterId,
    position: { offset: -1, epoch: 0 },
    topics: Topics.EMPTY,
    brokers: new Map(),
    configs: Configs.EMPTY,
    clientQuotas: ClientQuotas.EMPTY,
    scramCredentials: ScramCredentials.EMPTY,
    features: new Map(),
    producerIds: NO_PRODUCER_IDS,
    others: NO_OTHER_RECORDS,
  };
}
