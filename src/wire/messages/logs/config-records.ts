/**
 * Configs, quotas and feature levels in __cluster_metadata.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, float64, int16, int8, message, string, type Infer } from '../../schema.ts';

/** A config of a resource is set, or with a null value removed. */
export const ConfigRecord = message('ConfigRecord', { apiKey: 4, versions: [0, 0], flexibleSince: 0 }, () => ({
  resourceType: int8(),
  resourceName: string(),
  name: string(),
  value: string().nullable(),
}));
export type ConfigRecord = Infer<typeof ConfigRecord>;

/** A quota of a user, client id or address is set or removed. */
export const ClientQuotaRecord = message(
  'ClientQuotaRecord',
  { apiKey: 14, versions: [0, 0], flexibleSince: 0 },
  () => ({
    entity: array({
      entityType: string(),
      entityName: string().nullable(),
    }),
    key: string(),
    value: float64(),
    remove: bool(),
  }),
);
export type ClientQuotaRecord = Infer<typeof ClientQuotaRecord>;

/** A feature is finalized at a level. */
export const FeatureLevelRecord = message(
  'FeatureLevelRecord',
  { apiKey: 12, versions: [0, 0], flexibleSince: 0 },
  () => ({
    name: string(),
    featureLevel: int16(),
  }),
);
export type FeatureLevelRecord = Infer<typeof FeatureLevelRecord>;
