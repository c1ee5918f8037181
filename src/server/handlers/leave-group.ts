/** LeaveGroup v0-5: members leave; from v3 on several at once, static ones by instance id (KIP-345); v5 a reason (KIP-800). */
import { LeaveGroupRequest, LeaveGroupResponse } from '../../wire/messages/index.ts';
import type { GroupCoordinator } from '../group-coordinator.ts';
import { api, route, type Route } from '../route.ts';

export function leaveGroup({ groups }: { readonly groups: GroupCoordinator }): Route {
  return route(
    api(LeaveGroupRequest, LeaveGroupResponse),
    { authorize: { operation: 'Read', resource: 'Group' } },
    async (request, context) => {
      const answer = await groups.ask('leaveGroup', request.groupId, request, context);
      return typeof answer === 'number' ? { errorCode: answer, members: [] } : answer;
    },
  );
}
