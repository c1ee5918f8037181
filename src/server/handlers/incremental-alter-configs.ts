/**
 * IncrementalAlterConfigs v0-1: sets, deletes, appends to and subtracts from single configs (KIP-339). In effect when this answers.
 *
 * Levels of loggers (KIP-412) are this broker's own affair; all else is the controller's.
 */
import type { LogLevels } from '../../base/index.ts';
import { ConfigResourceType, type ClusterMetadata } from '../../metadata/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse } from '../../wire/messages/index.ts';
import { alterLoggers } from '../logger-configs.ts';
import { alterOwn, misdirected } from '../misdirected-configs.ts';
import { api, route, type Route } from '../route.ts';

type Resource = IncrementalAlterConfigsRequest['resources'][number];

const DELETE = 1;

export function incrementalAlterConfigs({
  nodeId,
  cluster,
  levels,
}: {
  readonly nodeId: number;
  readonly cluster: ClusterMetadata;
  readonly levels: LogLevels;
}): Route {
  return route(
    api(IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse),
    { authorize: { operation: 'AlterConfigs', resource: 'Config' } },
    ({ resources, validateOnly }) => {
      const invalid = (errorMessage: string) => ({ errorCode: ErrorCode.INVALID_REQUEST, errorMessage });
      /** How often each is named. */
      const loggers = new Map<string, number>();
      for (const { resourceType, resourceName } of resources)
        if (resourceType === ConfigResourceType.brokerLogger)
          loggers.set(resourceName, (loggers.get(resourceName) ?? 0) + 1);
      const settle = (resource: Resource) => {
        if (resource.resourceType !== ConfigResourceType.brokerLogger) return undefined;
        const { resourceName, configs } = resource;
        if ((loggers.get(resourceName) ?? 0) > 1) return invalid('a resource may be named only once');
        if (new Set(configs.map(({ name }) => name)).size < configs.length)
          return invalid('a logger is named more than once');
        if (configs.some(({ configOperation, value }) => configOperation !== DELETE && value === null))
          return invalid('a level is needed');
        return misdirected(resource, nodeId) ?? alterLoggers(levels, configs, validateOnly);
      };
      return alterOwn(resources, { nodeId, settle }, (own) =>
        cluster.request('incrementalAlterConfigs', { resources: own, validateOnly }),
      );
    },
  );
}
