/** AlterConfigs v0-2: replaces all configs of a resource at once; older clients have nothing else. In effect when this answers. */
import type { ClusterMetadata } from '../../metadata/index.ts';
import { AlterConfigsRequest, AlterConfigsResponse } from '../../wire/messages/index.ts';
import { alterOwn } from '../misdirected-configs.ts';
import { api, route, type Route } from '../route.ts';

export function alterConfigs({
  nodeId,
  cluster,
}: {
  readonly nodeId: number;
  readonly cluster: ClusterMetadata;
}): Route {
  return route(
    api(AlterConfigsRequest, AlterConfigsResponse),
    { authorize: { operation: 'AlterConfigs', resource: 'Config' } },
    ({ resources, validateOnly }) =>
      alterOwn(resources, { nodeId }, (own) => cluster.request('alterConfigs', { resources: own, validateOnly })),
  );
}
