/** AddRaftVoter v0-1 (KIP-853): a quorum whose voters stand in the configs gets no others. */
import type { BrokerConfig } from '../../config/index.ts';
import type { MetadataImage } from '../../metadata/index.ts';
import { AddRaftVoterRequest, AddRaftVoterResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';
import { voterChangeRefusal } from '../voter-change-refusal.ts';

export function addRaftVoter({
  image,
  config,
}: {
  readonly image: () => MetadataImage;
  readonly config: () => BrokerConfig;
}): Route {
  return route(
    api(AddRaftVoterRequest, AddRaftVoterResponse),
    { authorize: { operation: 'Alter', resource: 'Cluster' } },
    (request) => {
      const [listener = ''] = config().get('controller.listener.names');
      const isReachable = request.listeners.some(({ name }) => name.toUpperCase() === listener.toUpperCase());
      return voterChangeRefusal(image(), request, isReachable ? undefined : `the voter has no listener ${listener}`);
    },
  );
}
