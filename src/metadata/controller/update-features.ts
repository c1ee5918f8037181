import { ErrorCode } from '../../wire/index.ts';
import type { UpdateFeaturesRequest } from '../../wire/messages/index.ts';
import { ConfigResourceType } from '../configs.ts';
import {
  ELIGIBLE_LEADER_REPLICAS_VERSION,
  isMetadataChanged,
  KRAFT_VERSION,
  METADATA_VERSION,
  servedFeature,
} from '../features.ts';
import type { MetadataRecord } from '../record.ts';
import type { Answer } from './apis.ts';
import { MIN_ISR } from './config-rules.ts';
import type { ControllerContext, Decision } from './context.ts';

type Response = Answer<'updateFeatures'>;
type Update = UpdateFeaturesRequest['featureUpdates'][number];

/** How a level may change (FeatureUpdate.UpgradeType). */
const UPGRADE = 1;
const SAFE_DOWNGRADE = 2;
const UNSAFE_DOWNGRADE = 3;

/**
 * UpdateFeatures (KIP-584, KIP-778): all of the features or none. The answer names each feature, which only versions 0 and
 * 1 can tell, and only when all went well.
 */
export function updateFeatures(context: ControllerContext, request: UpdateFeaturesRequest): Decision<Response> {
  const { featureUpdates, validateOnly } = request;
  // A feature that stands there twice gets what it is last said to get.
  const updates = new Map(featureUpdates.map((update) => [update.feature, update]));
  for (const update of updates.values()) {
    const problem = problemOf(context, update, updates);
    if (problem === undefined) continue;
    const errorMessage = `nothing was changed: ${update.feature} cannot be at level ${update.maxVersionLevel}: ${problem}`;
    return { records: [], response: { errorCode: ErrorCode.INVALID_UPDATE_VERSION, errorMessage } };
  }
  const results = featureUpdates.map(({ feature }) => ({
    feature,
    errorCode: ErrorCode.NONE,
    errorMessage: 'NONE',
  }));
  const records = validateOnly ? [] : recordsOf(context, updates);
  return { records, response: { errorCode: ErrorCode.NONE, errorMessage: null, results } };
}

function recordsOf(context: ControllerContext, updates: ReadonlyMap<string, Update>): MetadataRecord[] {
  const records: MetadataRecord[] = [];
  if ((updates.get(ELIGIBLE_LEADER_REPLICAS_VERSION)?.maxVersionLevel ?? 0) > 0) records.push(...elrSafety(context));
  for (const { feature: name, maxVersionLevel: featureLevel } of updates.values())
    if (name !== KRAFT_VERSION) records.push({ type: 'FeatureLevelRecord', value: { name, featureLevel } });
  return records;
}

/** With eligible leader replicas the minimum ISR is the cluster's, written down, and no single broker has its own. */
function elrSafety({ image, config }: ControllerContext): MetadataRecord[] {
  const resourceType = ConfigResourceType.broker;
  const record = (resourceName: string, value: string | null): MetadataRecord => ({
    type: 'ConfigRecord',
    value: { resourceType, resourceName, name: MIN_ISR, value },
  });
  const records: MetadataRecord[] = [];
  if (!image.configs.of(resourceType, '').has(MIN_ISR)) records.push(record('', String(config.get(MIN_ISR))));
  for (const [{ type, name }, values] of image.configs)
    if (type === resourceType && name !== '' && values.has(MIN_ISR)) records.push(record(name, null));
  return records;
}

/** Why a feature can't be at that level, in the order in which Kafka's FeatureControlManager finds fault. */
function problemOf(
  context: ControllerContext,
  { feature, maxVersionLevel: level, upgradeType }: Update,
  updates: ReadonlyMap<string, Update>,
): string | undefined {
  const { features } = context.image;
  if (upgradeType < UPGRADE || upgradeType > UNSAFE_DOWNGRADE) return `there is no upgrade type ${upgradeType}`;
  if (level < 0) return 'levels count from 0 on';
  const unsupported = whoDoesNotSupport(context, feature, level);
  if (unsupported !== undefined) return unsupported;
  const current = features.get(feature) ?? 0;
  if (level < current && upgradeType === UPGRADE)
    return `it is at ${current}, and a downgrade must be asked for as safe or unsafe`;
  if (level > current && upgradeType !== UPGRADE) return `it is at ${current}: that is no downgrade`;
  if (feature === KRAFT_VERSION) return undefined;
  if (feature === METADATA_VERSION) {
    if (level >= current || !isMetadataChanged(current, level)) return undefined;
    return upgradeType === SAFE_DOWNGRADE
      ? 'records written since might be lost'
      : 'a downgrade that loses records is not supported';
  }
  const served = servedFeature(feature);
  if (served === undefined) return 'there is no such feature';
  if (level === 0) return undefined;
  for (const [needed, least] of Object.entries(served.needs ?? {}))
    if ((updates.get(needed)?.maxVersionLevel ?? features.get(needed) ?? 0) < least)
      return `it needs ${needed} at ${least}`;
  return undefined;
}

/** This controller first, then every broker. Level 0, off, is fine with those who have never heard of a feature. */
function whoDoesNotSupport({ image }: ControllerContext, feature: string, level: number): string | undefined {
  const { min = 0, max = 0 } = servedFeature(feature) ?? {};
  if (level < min || level > max) return `this controller supports ${min} to ${max}`;
  for (const { id, supportedFeatures } of image.brokers.values()) {
    const supported = supportedFeatures.find(({ name }) => name === feature) ?? { min: 0, max: 0 };
    if (level < supported.min || level > supported.max)
      return `broker ${id} supports ${supported.min} to ${supported.max}`;
  }
  return undefined;
}
