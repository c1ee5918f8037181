/**
 * JoinGroup v0-9: a member joins a group, or rejoins it for a new generation. Answered when the rebalance is complete.
 *
 * v4 hands out the member id first (KIP-394); v5 has static members (KIP-345); v7 the protocol type; v8 a reason
 * (KIP-800); v9 lets a leader skip assigning (KIP-814).
 */
import { JoinGroupRequest, JoinGroupResponse } from '../../wire/messages/index.ts';
import type { GroupCoordinator } from '../group-coordinator.ts';
import { api, route, type Route } from '../route.ts';

const FIRST_WITH_NULL_PROTOCOL = 7;

export function joinGroup({ groups }: { readonly groups: GroupCoordinator }): Route {
  return route(
    api(JoinGroupRequest, JoinGroupResponse),
    { authorize: { operation: 'Read', resource: 'Group' } },
    async (request, context) => {
      const answer = await groups.ask('joinGroup', request.groupId, request, context);
      if (typeof answer !== 'number') return answer;
      return {
        errorCode: answer,
        generationId: -1,
        protocolName: context.version >= FIRST_WITH_NULL_PROTOCOL ? null : '',
        leader: '',
        memberId: request.memberId,
        members: [],
      };
    },
  );
}
