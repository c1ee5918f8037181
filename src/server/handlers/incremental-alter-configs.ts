/** IncrementalAlterConfigs v0-1: sets, deletes, appends to and subtracts from single configs (KIP-339). In effect when this answers. */
import type { ClusterMetadata } from '../../metadata/index.ts';
import { IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse } from '../../wire/messages/index.ts';
import { alterOwn } from '../misdirected-configs.ts';
import { api, route, type Route } from '../route.ts';

export function incrementalAlterConfigs({
  nodeId,
  cluster,
}: {
  readonly nodeId: number;
  readonly cluster: ClusterMetadata;
}): Route {
  return route(
    api(IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse),
    { authorize: { operation: 'AlterConfigs', resource: 'Config' } },
    ({ resources, validateOnly }) =>
      alterOwn(resources, nodeId, (own) =>
        cluster.request('incrementalAlterConfigs', { resources: own, validateOnly }),
      ),
  );
}
