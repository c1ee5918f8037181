import { ConfigResourceType } from './configs.ts';
import { SERVED_FEATURES } from './features.ts';
import type { MetadataRecord } from './record.ts';
import { encodeSnapshot } from './snapshot.ts';

function featureRecords(): MetadataRecord[] {
  return SERVED_FEATURES.map(({ name, initial: featureLevel }) => ({
    type: 'FeatureLevelRecord',
    value: { name, featureLevel },
  }));
}

/** The file that a formatted folder has beside the log: what a new cluster starts with. */
export function bootstrapSnapshot(now: number): Buffer {
  return encodeSnapshot(featureRecords(), { epoch: 0, lastTimestampMs: 0, now });
}

/**
 * The first records of a cluster, in a transaction as Kafka's controller writes them. With eligible leader replicas the
 * minimum ISR is a matter of the whole cluster, so that its value stands in the log from the beginning (KIP-966).
 */
export function bootstrapRecords(minInsyncReplicas: number): MetadataRecord[] {
  return [
    { type: 'BeginTransactionRecord', value: { name: 'Bootstrap records' } },
    ...featureRecords(),
    {
      type: 'ConfigRecord',
      value: {
        resourceType: ConfigResourceType.broker,
        resourceName: '',
        name: 'min.insync.replicas',
        value: String(minInsyncReplicas),
      },
    },
    { type: 'EndTransactionRecord', value: {} },
  ];
}
