import { brokerConfigs, topicConfigs, type ConfigDefinition } from '../../config/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import type { AlterConfigsRequest, IncrementalAlterConfigsRequest } from '../../wire/messages/index.ts';
import { ConfigResourceType } from '../configs.ts';
import type { MetadataRecord } from '../record.ts';
import { topicNameProblem } from '../topic-name.ts';
import type { Answer } from './apis.ts';
import { configRefusal, MIN_ISR } from './config-rules.ts';
import type { ControllerContext, Decision } from './context.ts';
import { refused, type Refusal } from './refusal.ts';

type IncrementalResponse = Answer<'incrementalAlterConfigs'>;
type LegacyResponse = Answer<'alterConfigs'>;

const Operation = { set: 0, delete: 1, append: 2, subtract: 3 } as const;

interface Resource {
  readonly resourceType: number;
  readonly resourceName: string;
}

/** One resource's changes; a null value removes. */
type Changes = ReadonlyMap<string, string | null>;

/**
 * IncrementalAlterConfigs (KIP-339): per resource all of its changes or none. The texts of ConfigAdminManager and
 * ConfigurationControlManager decide the error codes.
 */
export function incrementalAlterConfigs(
  context: ControllerContext,
  request: IncrementalAlterConfigsRequest,
): Decision<IncrementalResponse> {
  return alter(context, request, (resource) => {
    const { resourceType, resourceName, configs } = resource;
    if (new Set(configs.map(({ name }) => name)).size < configs.length)
      return refused(ErrorCode.INVALID_REQUEST, 'a config is named more than once');
    const missing = configs.find(({ configOperation: op, value }) => op !== Operation.delete && value === null);
    if (missing !== undefined) return refused(ErrorCode.INVALID_REQUEST, `a value is needed for ${missing.name}`);
    const now = context.image.configs.of(resourceType, resourceName);
    const changes = new Map<string, string | null>();
    for (const { name, configOperation, value } of configs) {
      switch (configOperation) {
        case Operation.set:
          changes.set(name, value);
          break;
        case Operation.delete:
          changes.set(name, null);
          break;
        case Operation.append:
        case Operation.subtract: {
          if (definitionsOf(resourceType)?.get(name)?.type !== 'list')
            return refused(ErrorCode.INVALID_CONFIG, `${name} is not a list: nothing can be added or taken away`);
          const items = (value ?? '').split(',');
          const before = listOf(context, resource, name, now.get(name));
          const after =
            configOperation === Operation.append
              ? [...before, ...new Set(items.filter((item) => !before.includes(item)))]
              : before.filter((item) => !items.includes(item));
          changes.set(name, after.join(','));
          break;
        }
        default:
          return refused(ErrorCode.UNKNOWN_SERVER_ERROR, null);
      }
    }
    return changes;
  });
}

/** AlterConfigs, the older form: what is not named is removed. */
export function alterConfigs(context: ControllerContext, request: AlterConfigsRequest): Decision<LegacyResponse> {
  return alter(context, request, ({ resourceType, resourceName, configs }) => {
    if (new Set(configs.map(({ name }) => name)).size < configs.length)
      return refused(ErrorCode.INVALID_REQUEST, 'a config is named more than once');
    const missing = configs.find(({ value }) => value === null);
    if (missing !== undefined) return refused(ErrorCode.INVALID_REQUEST, `a value is needed for ${missing.name}`);
    const changes = new Map<string, string | null>();
    for (const name of context.image.configs.of(resourceType, resourceName).keys()) changes.set(name, null);
    for (const { name, value } of configs) changes.set(name, value);
    return changes;
  });
}

function alter<R extends Resource>(
  context: ControllerContext,
  { resources, validateOnly }: { readonly resources: readonly R[]; readonly validateOnly: boolean },
  changesOf: (resource: R) => Changes | Refusal,
): Decision<{ responses: (Refusal & Resource)[] }> {
  const records: MetadataRecord[] = [];
  const times = new Map<string, number>();
  const keyOf = ({ resourceType, resourceName }: Resource): string => `${resourceType}:${resourceName}`;
  for (const resource of resources) times.set(keyOf(resource), (times.get(keyOf(resource)) ?? 0) + 1);
  const responses = resources.map((resource) => {
    const { resourceType, resourceName } = resource;
    const outcome =
      times.get(keyOf(resource)) === 1
        ? alterResource(context, resource, changesOf)
        : refused(ErrorCode.INVALID_REQUEST, 'a resource may be named only once');
    if (!Array.isArray(outcome)) return { ...outcome, resourceType, resourceName };
    records.push(...outcome);
    return { errorCode: ErrorCode.NONE, errorMessage: null, resourceType, resourceName };
  });
  return { records: validateOnly ? [] : records, response: { responses } };
}

function alterResource<R extends Resource>(
  context: ControllerContext,
  resource: R,
  changesOf: (resource: R) => Changes | Refusal,
): MetadataRecord[] | Refusal {
  const { resourceType, resourceName } = resource;
  const misfit = resourceProblem(resource);
  if (misfit !== undefined) return misfit;
  const changes = changesOf(resource);
  if ('errorCode' in changes) return changes;
  const now = context.image.configs.of(resourceType, resourceName);
  const after = new Map(now);
  const records: MetadataRecord[] = [];
  for (const [name, value] of changes) {
    if (name === MIN_ISR && context.isElrEnabled && resourceType === ConfigResourceType.broker) {
      if (resourceName !== '') return refused(ErrorCode.INVALID_CONFIG, 'with ELR there is no minimum ISR per broker');
      if (value === null) return refused(ErrorCode.INVALID_CONFIG, 'with ELR the cluster keeps its minimum ISR');
    }
    if (value === null) after.delete(name);
    else after.set(name, value);
    // Brokers reload what a config names (a key store) even when the value is the old one.
    if (resourceType === ConfigResourceType.broker || (now.get(name) ?? null) !== value)
      records.push({ type: 'ConfigRecord', value: { resourceType, resourceName, name, value } });
  }
  const problem = configRefusal(context, { type: resourceType, name: resourceName }, after);
  if (problem !== undefined) return problem;
  if (resourceType === ConfigResourceType.topic && context.image.topics.byName(resourceName) === undefined)
    return refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `there is no topic ${resourceName}`);
  records.push(...elrResets(context, resource, changes));
  return records;
}

/** Eligible leaders were chosen under the old minimum ISR (KIP-966). */
function elrResets(
  { image, isElrEnabled }: ControllerContext,
  { resourceType, resourceName }: Resource,
  changes: Changes,
): MetadataRecord[] {
  if (!isElrEnabled || !changes.has(MIN_ISR)) return [];
  if ((image.configs.of(resourceType, resourceName).get(MIN_ISR) ?? null) === changes.get(MIN_ISR)) return [];
  if (resourceType === ConfigResourceType.topic)
    return [{ type: 'ClearElrRecord', value: { topicName: resourceName } }];
  return resourceType === ConfigResourceType.broker ? [{ type: 'ClearElrRecord', value: { topicName: '' } }] : [];
}

function resourceProblem({ resourceType, resourceName }: Resource): Refusal | undefined {
  switch (resourceType) {
    case ConfigResourceType.topic:
      return topicProblem(resourceName);
    case ConfigResourceType.group:
      return resourceName === '' ? refused(ErrorCode.INVALID_REQUEST, 'a group must be named') : undefined;
    case ConfigResourceType.clientMetrics:
      return resourceName === '' ? refused(ErrorCode.INVALID_REQUEST, 'a subscription must be named') : undefined;
    case ConfigResourceType.broker:
      return /^(-?\d+)?$/.test(resourceName)
        ? undefined
        : refused(ErrorCode.INVALID_REQUEST, `a broker id is a number, which '${resourceName}' is not`);
    default:
      return refused(ErrorCode.INVALID_REQUEST, `resources of type ${resourceType} have no configs here`);
  }
}

function topicProblem(name: string): Refusal | undefined {
  if (name === '') return refused(ErrorCode.INVALID_REQUEST, 'a topic must be named');
  const problem = topicNameProblem(name);
  return problem === undefined ? undefined : refused(ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
}

/** The configs whose lists can be added to. */
function definitionsOf(resourceType: number): ReadonlyMap<string, ConfigDefinition> | undefined {
  switch (resourceType) {
    case ConfigResourceType.topic:
      return topicConfigs;
    case ConfigResourceType.broker:
      return brokerConfigs;
    default:
      // Kafka's controller knows no lists among the configs of groups and client metrics.
      return undefined;
  }
}

/** The items of a list config as it is in effect. */
function listOf(
  context: ControllerContext,
  { resourceType, resourceName }: Resource,
  name: string,
  own: string | undefined,
): string[] {
  if (own === undefined && resourceType === ConfigResourceType.topic) {
    const value = context.topicConfig(resourceName).get(name as 'cleanup.policy');
    return [...value];
  }
  const text = own ?? definitionsOf(resourceType)?.get(name)?.defaultValue ?? '';
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
