/** DeleteGroups v0-2: removes empty groups with their offsets (KIP-229). */
import { DeleteGroupsRequest, DeleteGroupsResponse } from '../../wire/messages/index.ts';
import type { GroupCoordinator } from '../group-coordinator.ts';
import { api, route, type Route } from '../route.ts';

export function deleteGroups({ groups }: { readonly groups: GroupCoordinator }): Route {
  return route(
    api(DeleteGroupsRequest, DeleteGroupsResponse),
    { authorize: { operation: 'Delete', resource: 'Group' } },
    async ({ groupsNames }, context) => ({
      results: await Promise.all(
        [...new Set(groupsNames)].map(async (groupId) => {
          const answer = await groups.ask('deleteGroup', groupId, { groupId }, context);
          return typeof answer === 'number' ? { groupId, errorCode: answer } : answer;
        }),
      ),
    }),
  );
}
