/** CreatePartitions v0-3: adds partitions to topics; they are ready to use when this answers. */
import type { ClusterMetadata } from '../../metadata/index.ts';
import { CreatePartitionsRequest, CreatePartitionsResponse } from '../../wire/messages/index.ts';
import { timedOut } from '../timed-out.ts';
import { api, route, type Route } from '../route.ts';

export function createPartitions({ cluster }: { readonly cluster: ClusterMetadata }): Route {
  return route(
    api(CreatePartitionsRequest, CreatePartitionsResponse),
    { authorize: { operation: 'Alter', resource: 'Topic' } },
    (request) =>
      request.timeoutMs > 0 ? cluster.request('createPartitions', request) : { results: timedOut(request.topics) },
  );
}
