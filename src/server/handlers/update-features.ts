/**
 * UpdateFeatures v0-2: raises or lowers finalized feature levels, all of a request or none (KIP-584).
 *
 * v1 says how a level may fall, and can only try (KIP-778); v2 no longer names each feature in the answer.
 */
import type { ClusterMetadata } from '../../metadata/index.ts';
import { UpdateFeaturesRequest, UpdateFeaturesResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

export function updateFeatures({ cluster }: { readonly cluster: ClusterMetadata }): Route {
  return route(
    api(UpdateFeaturesRequest, UpdateFeaturesResponse),
    { authorize: { operation: 'Alter', resource: 'Cluster' } },
    (request) => cluster.request('updateFeatures', request),
  );
}
