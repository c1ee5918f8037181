/** UnregisterBroker v0: forgets a broker that is gone for good. */
import type { ClusterMetadata } from '../../metadata/index.ts';
import { UnregisterBrokerRequest, UnregisterBrokerResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

export function unregisterBroker({ cluster }: { readonly cluster: ClusterMetadata }): Route {
  return route(
    api(UnregisterBrokerRequest, UnregisterBrokerResponse),
    { authorize: { operation: 'Alter', resource: 'Cluster' } },
    (request) => cluster.request('unregisterBroker', request),
  );
}
