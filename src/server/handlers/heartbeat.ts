/** Heartbeat v0-4: a member is alive, and hears whether its group rebalances. v3 has static members (KIP-345). */
import { HeartbeatRequest, HeartbeatResponse } from '../../wire/messages/index.ts';
import type { GroupCoordinator } from '../group-coordinator.ts';
import { api, route, type Route } from '../route.ts';

export function heartbeat({ groups }: { readonly groups: GroupCoordinator }): Route {
  return route(
    api(HeartbeatRequest, HeartbeatResponse),
    { authorize: { operation: 'Read', resource: 'Group' } },
    async (request, context) => {
      const answer = await groups.ask('heartbeat', request.groupId, request, context);
      return typeof answer === 'number' ? { errorCode: answer } : answer;
    },
  );
}
