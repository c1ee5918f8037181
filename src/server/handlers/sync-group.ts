/**
 * SyncGroup v0-5: the leader brings the assignment, every member gets its own. Answered when the leader has come.
 *
 * v3 has static members (KIP-345); v5 checks the protocol type and name (KIP-559).
 */
import { SyncGroupRequest, SyncGroupResponse } from '../../wire/messages/index.ts';
import type { GroupCoordinator } from '../group-coordinator.ts';
import { api, route, type Route } from '../route.ts';

const NO_ASSIGNMENT = Buffer.alloc(0);

export function syncGroup({ groups }: { readonly groups: GroupCoordinator }): Route {
  return route(
    api(SyncGroupRequest, SyncGroupResponse),
    { authorize: { operation: 'Read', resource: 'Group' } },
    async (request, context) => {
      const answer = await groups.ask('syncGroup', request.groupId, request, context);
      return typeof answer === 'number' ? { errorCode: answer, assignment: NO_ASSIGNMENT } : answer;
    },
  );
}
