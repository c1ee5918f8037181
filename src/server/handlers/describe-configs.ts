/**
 * DescribeConfigs v1-4: values of configs, where each comes from, and what stands behind it.
 *
 * v1 has sources and synonyms (KIP-226); v3 types and documentation (KIP-569). Brokers answer for themselves and, under the
 * empty name, for the cluster's defaults; a broker's loggers are listed with their levels.
 */
import {
  describeBroker,
  describeClientMetrics,
  describeClusterDefaults,
  describeGroup,
  describeTopic,
  type BrokerConfig,
  type DescribedConfig,
} from '../../config/index.ts';
import { ConfigResourceType, isValidTopicName, type MetadataImage } from '../../metadata/index.ts';
import { mapInSlices, type Clock, type LogLevels } from '../../base/index.ts';
import { ErrorCode, type Input } from '../../wire/index.ts';
import { DescribeConfigsRequest, DescribeConfigsResponse } from '../../wire/messages/index.ts';
import { describeLoggers } from '../logger-configs.ts';
import { api, route, type Route } from '../route.ts';

type Result = NonNullable<Input<typeof DescribeConfigsResponse>['results']>[number];

interface Failure {
  readonly errorCode: number;
  readonly errorMessage: string;
}

interface Rooms {
  readonly nodeId: number;
  readonly image: () => MetadataImage;
  readonly config: () => BrokerConfig;
  readonly levels: LogLevels;
  readonly clock: Clock;
}

export function describeConfigs(rooms: Rooms): Route {
  return route(
    api(DescribeConfigsRequest, DescribeConfigsResponse),
    { authorize: { operation: 'DescribeConfigs', resource: 'Config' } },
    async ({ resources, includeSynonyms, includeDocumentation }) => {
      const results = mapInSlices(
        rooms.clock,
        resources,
        ({ resourceType, resourceName, configurationKeys }): Result => {
          const described = describe(rooms, resourceType, resourceName);
          const resource = { resourceType, resourceName };
          if (!Array.isArray(described)) return { ...described, ...resource, configs: [] };
          // No keys are all keys, too.
          const wanted = (configurationKeys?.length ?? 0) === 0 ? undefined : new Set(configurationKeys);
          return {
            errorCode: ErrorCode.NONE,
            errorMessage: '',
            ...resource,
            configs: described
              .filter(({ name }) => wanted?.has(name) ?? true)
              .map((config) => ({
                ...config,
                synonyms: includeSynonyms ? config.synonyms : [],
                documentation:
                  includeDocumentation || resourceType === ConfigResourceType.brokerLogger
                    ? config.documentation
                    : null,
              })),
          };
        },
      );
      return { results: await results };
    },
  );
}

function describe({ nodeId, image, config, levels }: Rooms, type: number, name: string): DescribedConfig[] | Failure {
  const { configs, topics } = image();
  const invalid = (errorMessage: string): Failure => ({ errorCode: ErrorCode.INVALID_REQUEST, errorMessage });
  switch (type) {
    case ConfigResourceType.topic:
      if (!isValidTopicName(name))
        return { errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION, errorMessage: `'${name}' is no topic name` };
      if (topics.byName(name) === undefined)
        return { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, errorMessage: '' };
      return describeTopic(config(), configs.of(type, name));
    case ConfigResourceType.broker:
      if (name === '') return describeClusterDefaults(configs.of(type, ''));
      if (!/^[+-]?\d+$/.test(name) || Number(name) !== nodeId)
        return invalid(`broker ${nodeId} was asked for the configs of broker '${name}'`);
      return describeBroker(config());
    case ConfigResourceType.brokerLogger:
      return name === String(nodeId)
        ? describeLoggers(levels)
        : invalid(`broker ${nodeId} was asked for the loggers of broker '${name}'`);
    case ConfigResourceType.clientMetrics:
      return name === ''
        ? invalid('a client metrics subscription has a name')
        : describeClientMetrics(configs.of(type, name));
    case ConfigResourceType.group:
      return name === '' ? invalid('a group has a name') : describeGroup(config(), configs.of(type, name));
    default:
      return invalid(`there are no configs on resources of type ${type}`);
  }
}
