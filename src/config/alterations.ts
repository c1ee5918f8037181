import { configSource, type BrokerConfig, type Properties } from './broker-config.ts';
import { definitionOf, type BrokerConfigName } from './broker-configs.ts';
import type { ConfigDefinition, ConfigProblem } from './definition.ts';
import { groupBounds, groupTimings } from './group-bounds.ts';
import { clientMetricsConfigs, groupConfig, groupConfigs } from './group-config.ts';
import { brokenRules } from './rules.ts';
import { wholeNumber } from './text.ts';
import { topicConfigs } from './topic-config.ts';
import { brokenTopicRules } from './topic-rules.ts';

/** Why a change is refused, and the error that Kafka answers. */
export interface AlterationProblem extends ConfigProblem {
  readonly error: 'INVALID_CONFIG' | 'INVALID_REQUEST';
}

/**
 * What is wrong with a topic's configs: `overrides` is all the topic would say for itself after the change, `existing`
 * all it says now (nothing for a new topic). Mirrors LogConfig.validate.
 */
export function validateTopicConfigs(
  overrides: Properties,
  broker: BrokerConfig,
  existing: Properties = new Map(),
): AlterationProblem[] {
  const problems = badValues('topic', topicConfigs, overrides);
  return as('INVALID_CONFIG', problems.length > 0 ? problems : brokenTopicRules(overrides, broker, existing));
}

/** What is wrong with a group's configs, all that it would say for itself after the change (GroupConfig.validate). */
export function validateGroupConfigs(overrides: Properties, broker: BrokerConfig): AlterationProblem[] {
  const problems = badValues('group', groupConfigs, overrides);
  if (problems.length > 0) return as('INVALID_CONFIG', problems);
  const group = groupConfig(broker, overrides);
  for (const { name, min, max } of groupBounds) {
    const value = group.get(name);
    const atLeast = min === undefined ? undefined : broker.get(min);
    const atMost = broker.get(max);
    if (atLeast !== undefined && value < atLeast) {
      problems.push({ name, message: `${name} cannot be ${value}: ${min} is ${atLeast}` });
    }
    if (value > atMost) problems.push({ name, message: `${name} cannot be ${value}: ${max} is ${atMost}` });
  }
  for (const { session, heartbeat } of groupTimings) {
    if (group.get(session) > group.get(heartbeat)) continue;
    const message = `${session} (${group.get(session)}) must be more than ${heartbeat} (${group.get(heartbeat)})`;
    problems.push({ name: session, message });
  }
  return as('INVALID_CONFIG', problems);
}

/** What is wrong with a client metrics subscription (ClientMetricsConfigs.validate). */
export function validateClientMetricsConfigs(overrides: Properties): AlterationProblem[] {
  const problems = badValues('client metrics', clientMetricsConfigs, overrides);
  return problems.map((problem) => {
    // Kafka answers a name or interval that is out of place otherwise than a value it cannot read.
    const text = overrides.get(problem.name)?.trim() ?? '';
    const isOutOfPlace =
      !clientMetricsConfigs.has(problem.name) ||
      (problem.name === 'interval.ms' && wholeNumber(text, 32) !== undefined);
    return { ...problem, error: isOutOfPlace ? 'INVALID_REQUEST' : 'INVALID_CONFIG' };
  });
}

/**
 * What is wrong with the dynamic configs of one broker, or of all (`cluster`): `properties` is all that this resource
 * would hold after the change. Names that nobody knows are let through, as Kafka does: plugins may know them.
 */
export function validateBrokerConfigs(
  properties: Properties,
  resource: 'broker' | 'cluster',
  current: BrokerConfig,
  { isElrEnabled = true }: { readonly isElrEnabled?: boolean } = {},
): AlterationProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [name, text] of properties) {
    const misplaced = whyNotDynamic(name, resource);
    const parsed = definitionOf(name)?.parse(text);
    if (misplaced !== undefined) problems.push({ name, message: `${name} ${misplaced}` });
    else if (parsed !== undefined && 'message' in parsed) problems.push({ ...parsed, name });
  }
  if (problems.length > 0) return as('INVALID_REQUEST', problems);
  const next = current.with({
    clusterDefaults: resource === 'cluster' ? properties : current.layer(configSource.dynamicDefaultBroker),
    brokerOverrides: resource === 'broker' ? properties : current.layer(configSource.dynamicBroker),
  });
  return [
    ...as('INVALID_REQUEST', [...brokenRules(next), ...abruptThreadChanges(current, next)]),
    ...as('INVALID_CONFIG', resource === 'broker' && isElrEnabled ? differingMinIsr(properties) : []),
  ];
}

/** Secrets and stores that only a listener may be given while running (DynamicBrokerConfig.DYNAMIC_SECURITY_CONFIGS). */
const perListener = new Set<string>([
  'ssl.keystore.type',
  'ssl.keystore.location',
  'ssl.keystore.password',
  'ssl.keystore.key',
  'ssl.keystore.certificate.chain',
  'ssl.key.password',
  'ssl.truststore.type',
  'ssl.truststore.location',
  'ssl.truststore.password',
  'ssl.truststore.certificates',
] satisfies BrokerConfigName[]);

/** Configs of a listener that may be set for all brokers at once. */
const clusterWideForListener = new Set<string>([
  'max.connections',
  'max.connection.creation.rate',
  'num.network.threads',
] satisfies BrokerConfigName[]);

function whyNotDynamic(name: string, resource: 'broker' | 'cluster'): string | undefined {
  const definition = definitionOf(name);
  const needsBroker = 'can be set for single brokers only';
  if (definition?.name !== name) {
    const isForListener = name.startsWith('listener.name.');
    const isClusterWide = clusterWideForListener.has(definition?.name ?? '');
    return isForListener && resource === 'cluster' && !isClusterWide ? needsBroker : undefined;
  }
  if (definition.scope === 'read-only') return 'cannot change while the broker runs';
  if (perListener.has(name)) return 'can change only for a listener: listener.name.<listener>.' + name;
  if (resource === 'cluster' && definition.scope === 'per-broker') return needsBroker;
  if (name === 'listeners') return 'cannot change while the broker runs yet';
  return undefined;
}

/** Pools that grow or shrink step by step: at most to double or half at once (DynamicThreadPool). */
const threadPools = [
  'num.network.threads',
  'num.io.threads',
  'num.replica.fetchers',
  'num.recovery.threads.per.data.dir',
  'background.threads',
  'log.cleaner.threads',
  'remote.log.reader.threads',
  'remote.log.manager.copier.thread.pool.size',
  'remote.log.manager.expiration.thread.pool.size',
  'remote.log.manager.follower.thread.pool.size',
] as const;

function abruptThreadChanges(current: BrokerConfig, next: BrokerConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const name of threadPools) {
    const [before, after] = [current.get(name), next.get(name)];
    if (after <= before * 2 && after >= Math.trunc(before / 2)) continue;
    problems.push({ name, message: `${name} cannot go from ${before} to ${after} at once: at most to double or half` });
  }
  return problems;
}

/** Eligible leader replicas (KIP-966), on by default in Kafka 4.3, need one minimum for the whole cluster. */
function differingMinIsr(properties: Properties): ConfigProblem[] {
  const name = 'min.insync.replicas';
  if (!properties.has(name)) return [];
  return [{ name, message: `${name} cannot be set for one broker, but for the cluster or a topic` }];
}

function badValues(
  kind: string,
  definitions: ReadonlyMap<string, ConfigDefinition>,
  overrides: Properties,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [name, text] of overrides) {
    const parsed = definitions.get(name)?.parse(text);
    if (parsed === undefined) problems.push({ name, message: `there is no ${kind} config called ${name}` });
    else if ('message' in parsed) problems.push(parsed);
  }
  return problems;
}

function as(error: AlterationProblem['error'], problems: readonly ConfigProblem[]): AlterationProblem[] {
  return problems.map((problem) => ({ ...problem, error }));
}
