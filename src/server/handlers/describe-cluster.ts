/**
 * DescribeCluster v0-2: the brokers of the cluster (KIP-700).
 *
 * - v1 names the kind of endpoint asked for; controllers are not asked here (KIP-919).
 * - v2 may include fenced brokers (KIP-1073).
 */
import type { MetadataImage } from '../../metadata/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { DescribeClusterRequest, DescribeClusterResponse } from '../../wire/messages/index.ts';
import { ALL_OPERATIONS, OPERATIONS_NOT_ASKED_FOR } from '../authorized-operations.ts';
import { brokerAddresses } from '../broker-endpoints.ts';
import { api, route, type Route } from '../route.ts';

const BROKERS = 1;
const CONTROLLERS = 2;

export function describeCluster(rooms: { readonly nodeId: number; readonly image: () => MetadataImage }): Route {
  return route(
    api(DescribeClusterRequest, DescribeClusterResponse),
    { authorize: { operation: 'Describe', resource: 'Cluster' } },
    ({ endpointType, includeClusterAuthorizedOperations, includeFencedBrokers }, context) => {
      const image = rooms.image();
      if (endpointType !== BROKERS) {
        return {
          errorCode:
            endpointType === CONTROLLERS ? ErrorCode.MISMATCHED_ENDPOINT_TYPE : ErrorCode.UNSUPPORTED_ENDPOINT_TYPE,
          errorMessage: `endpoint type ${endpointType} was asked of a broker's listener`,
          endpointType: BROKERS,
          clusterId: '',
          brokers: [],
        };
      }
      return {
        errorCode: ErrorCode.NONE,
        clusterId: image.clusterId,
        controllerId: rooms.nodeId,
        brokers: brokerAddresses(image, context.connection.listener)
          .filter(({ fenced }) => includeFencedBrokers || !fenced)
          .map(({ id, host, port, rack, fenced }) => ({ brokerId: id, host, port, rack, isFenced: fenced })),
        clusterAuthorizedOperations: includeClusterAuthorizedOperations
          ? ALL_OPERATIONS.cluster
          : OPERATIONS_NOT_ASKED_FOR,
      };
    },
  );
}
