/** RemoveRaftVoter v0 (KIP-853): a quorum whose voters stand in the configs keeps them. */
import type { MetadataImage } from '../../metadata/index.ts';
import { RemoveRaftVoterRequest, RemoveRaftVoterResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';
import { voterChangeRefusal } from '../voter-change-refusal.ts';

export function removeRaftVoter({ image }: { readonly image: () => MetadataImage }): Route {
  return route(
    api(RemoveRaftVoterRequest, RemoveRaftVoterResponse),
    { authorize: { operation: 'Alter', resource: 'Cluster' } },
    (request) => voterChangeRefusal(image(), request),
  );
}
