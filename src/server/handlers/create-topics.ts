/**
 * CreateTopics v2-7: makes topics; each is ready to use when this answers.
 *
 * v4 takes -1 for the broker's default partitions and replicas (KIP-464); v5 answers with the topic's configs (KIP-525);
 * v7 with its id.
 */
import type { ClusterMetadata } from '../../metadata/index.ts';
import { CreateTopicsRequest, CreateTopicsResponse } from '../../wire/messages/index.ts';
import { timedOut } from '../timed-out.ts';
import { api, route, type Route } from '../route.ts';

export function createTopics({ cluster }: { readonly cluster: ClusterMetadata }): Route {
  return route(
    api(CreateTopicsRequest, CreateTopicsResponse),
    { authorize: { operation: 'Create', resource: 'Cluster' } },
    (request) =>
      request.timeoutMs > 0
        ? cluster.request('createTopics', request)
        : { topics: timedOut(request.topics).map((topic) => ({ ...topic, configs: [] })) },
  );
}
