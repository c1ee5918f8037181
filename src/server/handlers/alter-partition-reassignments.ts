/** AlterPartitionReassignments v0-1: moves partitions to other replicas, or stops such a move (KIP-455; v1: KIP-860). */
import type { ClusterMetadata } from '../../metadata/index.ts';
import { AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

export function alterPartitionReassignments({ cluster }: { readonly cluster: ClusterMetadata }): Route {
  return route(
    api(AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse),
    { authorize: { operation: 'Alter', resource: 'Cluster' } },
    (request) => cluster.request('alterPartitionReassignments', request),
  );
}
