/**
 * FindCoordinator v0-6: which broker coordinates a group or a transactional id.
 *
 * - Up to v3 one key and its answer at the top level; from v4 a list of both.
 * - v0 knows groups only. Share groups are not served yet: asking for their coordinator fails at once with INVALID_REQUEST
 *   and a message, rather than leaving the client to retry.
 */
import { NO_LEADER, type MetadataImage } from '../../metadata/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import type { GroupCoordinator } from '../group-coordinator.ts';
import { FindCoordinatorRequest, FindCoordinatorResponse } from '../../wire/messages/index.ts';
import { brokerAddresses } from '../broker-endpoints.ts';
import { api, route, type Route } from '../route.ts';
import type { TransactionCoordinator } from '../transaction-coordinator.ts';

const SHARE = 2;
const FIRST_WITH_LIST = 4;
const NOBODY = { nodeId: -1, host: '', port: -1 };

interface Found {
  readonly errorCode: number;
  readonly errorMessage: string;
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

export function findCoordinator(rooms: {
  readonly image: () => MetadataImage;
  readonly groups: GroupCoordinator;
  readonly transactions: TransactionCoordinator;
}): Route {
  const coordinators = [rooms.groups, rooms.transactions];
  const find = (key: string, keyType: number, listener: string): Found => {
    const coordinator = coordinators[keyType];
    if (coordinator === undefined) {
      const errorMessage =
        keyType === SHARE ? 'share groups are not served' : `there are no coordinators of type ${keyType}`;
      return { errorCode: ErrorCode.INVALID_REQUEST, errorMessage, ...NOBODY };
    }
    const image = rooms.image();
    const leader = image.topics.partition(coordinator.topic, coordinator.partitionOf(key))?.leader ?? NO_LEADER;
    const address = brokerAddresses(image, listener).find(({ id, fenced }) => id === leader && !fenced);
    if (address === undefined) {
      return {
        errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE,
        errorMessage: 'the coordinator has no leader',
        ...NOBODY,
      };
    }
    return { errorCode: ErrorCode.NONE, errorMessage: '', nodeId: address.id, host: address.host, port: address.port };
  };
  return route(
    api(FindCoordinatorRequest, FindCoordinatorResponse),
    { authorize: { operation: 'Describe', resource: 'Group' } },
    ({ key, keyType, coordinatorKeys }, context) => {
      const { listener } = context.connection;
      if (context.version >= FIRST_WITH_LIST) {
        return { coordinators: coordinatorKeys.map((wanted) => ({ key: wanted, ...find(wanted, keyType, listener) })) };
      }
      const found = find(key, keyType, listener);
      return { ...found, errorMessage: found.errorCode === ErrorCode.NONE ? 'NONE' : found.errorMessage };
    },
  );
}
