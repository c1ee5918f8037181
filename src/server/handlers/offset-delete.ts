/** OffsetDelete v0: removes committed offsets of topics that the group's members do not subscribe to (KIP-496). */
import { OffsetDeleteRequest, OffsetDeleteResponse } from '../../wire/messages/index.ts';
import type { GroupCoordinator } from '../group-coordinator.ts';
import { api, route, type Route } from '../route.ts';

export function offsetDelete({ groups }: { readonly groups: GroupCoordinator }): Route {
  return route(
    api(OffsetDeleteRequest, OffsetDeleteResponse),
    { authorize: { operation: 'Delete', resource: 'Group' } },
    async (request, context) => {
      const answer = await groups.ask('offsetDelete', request.groupId, request, context);
      return typeof answer === 'number' ? { errorCode: answer, topics: [] } : answer;
    },
  );
}
