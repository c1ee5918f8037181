/**
 * ListConfigResources v0-1: the resources that may have configs (KIP-1142).
 *
 * - v0 lists client metrics subscriptions and nothing else; it was ListClientMetricsResources (KIP-1000).
 * - v1 names the types asked for; none are all. Topics and brokers are listed as they are, groups and subscriptions where
 *   something is set on them.
 */
import { ConfigResourceType, type MetadataImage } from '../../metadata/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { ListConfigResourcesRequest, ListConfigResourcesResponse } from '../../wire/messages/index.ts';
import { brokerAddresses } from '../broker-endpoints.ts';
import { api, route, type Route } from '../route.ts';

const FIRST_WITH_TYPES = 1;

export function listConfigResources({ image }: { readonly image: () => MetadataImage }): Route {
  return route(
    api(ListConfigResourcesRequest, ListConfigResourcesResponse),
    { authorize: { operation: 'DescribeConfigs', resource: 'Cluster' } },
    ({ resourceTypes }, { version, connection }) => {
      const { topic, broker, brokerLogger, clientMetrics, group } = ConfigResourceType;
      const known: readonly number[] =
        version < FIRST_WITH_TYPES ? [clientMetrics] : [topic, broker, brokerLogger, clientMetrics, group];
      const wanted = new Set(resourceTypes.length === 0 ? known : resourceTypes);
      if ([...wanted].some((type) => !known.includes(type)))
        return { errorCode: ErrorCode.UNSUPPORTED_VERSION, configResources: [] };
      const now = image();
      const brokers = brokerAddresses(now, connection.listener).map(({ id }) => String(id));
      const all: readonly (readonly [type: number, names: readonly string[]])[] = [
        [group, configured(now, group)],
        [clientMetrics, configured(now, clientMetrics)],
        [brokerLogger, brokers],
        [broker, brokers],
        [topic, wanted.has(topic) ? [...now.topics].map(({ name }) => name) : []],
      ];
      return {
        errorCode: ErrorCode.NONE,
        configResources: all
          .filter(([type]) => wanted.has(type))
          .flatMap(([resourceType, names]) => names.map((resourceName) => ({ resourceName, resourceType }))),
      };
    },
  );
}

const configured = ({ configs }: MetadataImage, wanted: number): string[] =>
  [...configs].filter(([{ type }]) => type === wanted).map(([{ name }]) => name);
