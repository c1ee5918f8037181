/** ElectLeaders v0-2: elects the preferred leader of partitions, and from v1 on any that is left (KIP-460). */
import type { ClusterMetadata } from '../../metadata/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { ElectLeadersRequest, ElectLeadersResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

export function electLeaders({ cluster }: { readonly cluster: ClusterMetadata }): Route {
  return route(
    api(ElectLeadersRequest, ElectLeadersResponse),
    { authorize: { operation: 'Alter', resource: 'Cluster' } },
    async (request, { version }) => {
      const { errorCode, ...response } = await cluster.request('electLeaders', request);
      return version === 0 ? response : { errorCode: errorCode ?? ErrorCode.NONE, ...response };
    },
  );
}
