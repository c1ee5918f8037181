/** ElectLeaders v0-2: elects the preferred leader of partitions, and from v1 on any that is left (KIP-460). */
import type { ClusterMetadata } from '../../metadata/index.ts';
import { ErrorCode, type Input } from '../../wire/index.ts';
import { ElectLeadersRequest, ElectLeadersResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

export function electLeaders({ cluster }: { readonly cluster: ClusterMetadata }): Route {
  return route(
    api(ElectLeadersRequest, ElectLeadersResponse),
    { authorize: { operation: 'Alter', resource: 'Cluster' } },
    async (request, { version }) => {
      const isTooLate = request.timeoutMs <= 0 && request.topicPartitions?.length !== 0;
      const { errorCode, ...response } = isTooLate ? tooLate(request) : await cluster.request('electLeaders', request);
      return version === 0 ? response : { errorCode: errorCode ?? ErrorCode.NONE, ...response };
    },
  );
}

/** Nothing was done in no time. */
function tooLate({ topicPartitions }: ElectLeadersRequest): Input<typeof ElectLeadersResponse> {
  const errorCode = ErrorCode.REQUEST_TIMED_OUT;
  return {
    errorCode,
    replicaElectionResults: (topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((partitionId) => ({ partitionId, errorCode, errorMessage: null })),
    })),
  };
}
