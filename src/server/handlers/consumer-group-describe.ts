/** ConsumerGroupDescribe v0-1: epochs, members and assignments of consumer groups (KIP-848); v1 tells each member's protocol. */
import { ErrorCode } from '../../wire/index.ts';
import { ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse } from '../../wire/messages/index.ts';
import { ALL_OPERATIONS, OPERATIONS_NOT_ASKED_FOR } from '../authorized-operations.ts';
import type { GroupCoordinator } from '../group-coordinator.ts';
import { api, route, type RequestContext, type Route } from '../route.ts';

interface Rooms {
  readonly groups: GroupCoordinator;
  /** Whether this broker speaks the consumer protocol now. */
  readonly isEnabled: () => boolean;
}

export function consumerGroupDescribe({ groups, isEnabled }: Rooms): Route {
  const refused = (groupId: string, errorCode: number) => ({
    errorCode,
    groupId,
    groupState: '',
    groupEpoch: 0,
    assignmentEpoch: 0,
    assignorName: '',
    members: [],
  });
  const describe = async (groupId: string, context: RequestContext, includeOperations: boolean) => {
    if (groupId === '') return refused(groupId, ErrorCode.INVALID_GROUP_ID);
    const answer = await groups.ask('describeConsumerGroup', groupId, { groupId }, context);
    if (typeof answer === 'number') return refused(groupId, answer);
    const known = answer.errorCode === ErrorCode.NONE;
    return {
      ...answer,
      authorizedOperations: includeOperations && known ? ALL_OPERATIONS.group : OPERATIONS_NOT_ASKED_FOR,
    };
  };
  return route(
    api(ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse),
    { authorize: { operation: 'Describe', resource: 'Group' } },
    async ({ groupIds, includeAuthorizedOperations }, context) => ({
      groups: isEnabled()
        ? await Promise.all(groupIds.map((groupId) => describe(groupId, context, includeAuthorizedOperations)))
        : groupIds.map((groupId) => refused(groupId, ErrorCode.UNSUPPORTED_VERSION)),
    }),
  );
}
