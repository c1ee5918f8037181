/** AlterPartitionReassignments v0-1: moves partitions to other replicas, or stops such a move (KIP-455; v1: KIP-860). */
import type { ClusterMetadata } from '../../metadata/index.ts';
import { ErrorCode, type Input } from '../../wire/index.ts';
import { AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

export function alterPartitionReassignments({ cluster }: { readonly cluster: ClusterMetadata }): Route {
  return route(
    api(AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse),
    { authorize: { operation: 'Alter', resource: 'Cluster' } },
    (request) => {
      const isTooLate = request.timeoutMs <= 0 && request.topics.length > 0;
      return isTooLate ? tooLate(request) : cluster.request('alterPartitionReassignments', request);
    },
  );
}

/** Nothing was done in no time. */
function tooLate({ topics }: AlterPartitionReassignmentsRequest): Input<typeof AlterPartitionReassignmentsResponse> {
  const failure = { errorCode: ErrorCode.REQUEST_TIMED_OUT, errorMessage: null };
  return {
    ...failure,
    responses: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, ...failure })),
    })),
  };
}
