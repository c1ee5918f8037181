/**
 * DescribeGroups v0-6: state and members of groups. v3 may tell the operations allowed on them (KIP-430); v4 shows
 * instance ids; v6 has GROUP_ID_NOT_FOUND with a message where older versions show a Dead group (KIP-1043).
 */
import { DescribeGroupsRequest, DescribeGroupsResponse } from '../../wire/messages/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { ALL_OPERATIONS, OPERATIONS_NOT_ASKED_FOR } from '../authorized-operations.ts';
import type { GroupCoordinator } from '../group-coordinator.ts';
import { api, route, type RequestContext, type Route } from '../route.ts';

export function describeGroups({ groups }: { readonly groups: GroupCoordinator }): Route {
  const describe = async (groupId: string, context: RequestContext, includeOperations: boolean) => {
    const answer = await groups.ask('describeGroup', groupId, { groupId }, context);
    if (typeof answer === 'number') {
      return { errorCode: answer, groupId, groupState: '', protocolType: '', protocolData: '', members: [] };
    }
    const known = answer.errorCode === ErrorCode.NONE;
    return {
      ...answer,
      authorizedOperations: includeOperations && known ? ALL_OPERATIONS.group : OPERATIONS_NOT_ASKED_FOR,
    };
  };
  return route(
    api(DescribeGroupsRequest, DescribeGroupsResponse),
    { authorize: { operation: 'Describe', resource: 'Group' } },
    async ({ groups: groupIds, includeAuthorizedOperations }, context) => ({
      groups: await Promise.all(groupIds.map((groupId) => describe(groupId, context, includeAuthorizedOperations))),
    }),
  );
}
