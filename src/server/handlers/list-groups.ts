/** ListGroups v0-5: all groups of this coordinator; v4 filters by state (KIP-518), v5 by type (KIP-848). */
import { ErrorCode } from '../../wire/index.ts';
import { ListGroupsRequest, ListGroupsResponse } from '../../wire/messages/index.ts';
import type { GroupCoordinator } from '../group-coordinator.ts';
import { api, route, type Route } from '../route.ts';

export function listGroups({ groups }: { readonly groups: GroupCoordinator }): Route {
  return route(
    api(ListGroupsRequest, ListGroupsResponse),
    { authorize: { operation: 'Describe', resource: 'Cluster' } },
    async (request, context) => {
      const listed = [];
      for (const answer of await groups.askAll('listGroups', request, context)) {
        if (typeof answer === 'number') return { errorCode: answer, groups: [] };
        listed.push(...answer.groups);
      }
      return { errorCode: ErrorCode.NONE, groups: listed };
    },
  );
}
