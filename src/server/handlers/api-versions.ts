/**
 * ApiVersions v0-4: what is served, and in which versions. Derived from the routes, so it cannot promise more.
 *
 * - v3 carries the client's software name and version (KIP-511); malformed ones are INVALID_REQUEST.
 * - Features with a lowest version of 0 are left out below v4, since older Java clients fail on them (KAFKA-17011).
 * - Unknown higher versions are answered by the pipeline, in v0.
 */
import type { MetadataImage, ServedFeature } from '../../metadata/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { ApiVersionsRequest, ApiVersionsResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

const SOFTWARE = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;
const FIRST_WITH_SOFTWARE = 3;
const FIRST_WITH_ZERO_FEATURES = 4;

export function apiVersions(rooms: {
  /** Every route, this one included: known only when all are made. */
  readonly routes: () => readonly Route[];
  readonly image: () => MetadataImage;
  readonly features: readonly ServedFeature[];
}): Route {
  return route(
    api(ApiVersionsRequest, ApiVersionsResponse),
    { authorize: { operation: 'Describe', resource: 'none' } },
    ({ clientSoftwareName: name, clientSoftwareVersion: version }, context) => {
      if (context.version >= FIRST_WITH_SOFTWARE) {
        if (!SOFTWARE.test(name) || !SOFTWARE.test(version))
          return { errorCode: ErrorCode.INVALID_REQUEST, apiKeys: [] };
        context.connection.clientSoftware = { name, version };
      }
      const image = rooms.image();
      return {
        errorCode: ErrorCode.NONE,
        apiKeys: advertised(rooms.routes()),
        supportedFeatures: rooms.features
          .filter(({ min }) => min > 0 || context.version >= FIRST_WITH_ZERO_FEATURES)
          .map(({ name, min, max }) => ({ name, minVersion: min, maxVersion: max })),
        finalizedFeaturesEpoch: image.position.offset,
        finalizedFeatures: [...image.features].map(([name, level]) => ({
          name,
          minVersionLevel: level,
          maxVersionLevel: level,
        })),
      };
    },
  );
}

const advertised = (routes: readonly Route[]): { apiKey: number; minVersion: number; maxVersion: number }[] =>
  routes
    .filter((each) => !each.hidden())
    .map(({ apiKey, advertised: [minVersion, maxVersion] }) => ({ apiKey, minVersion, maxVersion }))
    .sort((a, b) => a.apiKey - b.apiKey);
