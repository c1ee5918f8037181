/**
 * DeleteAcls v1-3, as a controller without an authorizer answers it: SECURITY_DISABLED for each filter. A filter with an
 * UNKNOWN type, operation or permission closes the connection. Mirrors Kafka's AclApis and DeleteAclsRequest.
 */
import { ErrorCode } from '../../wire/index.ts';
import { DeleteAclsRequest, DeleteAclsResponse } from '../../wire/messages/index.ts';
import { refuseUnknownAcl } from '../unknown-acls.ts';
import { api, route, type Route } from '../route.ts';

export function deleteAcls(): Route {
  return route(
    api(DeleteAclsRequest, DeleteAclsResponse),
    { authorize: { operation: 'Alter', resource: 'Cluster' } },
    ({ filters }) => {
      for (const { resourceTypeFilter, patternTypeFilter, operation, permissionType } of filters)
        refuseUnknownAcl('DeleteAcls', [resourceTypeFilter, patternTypeFilter, operation, permissionType]);
      const errorMessage = 'No Authorizer is configured.';
      return {
        filterResults: filters.map(() => ({ errorCode: ErrorCode.SECURITY_DISABLED, errorMessage, matchingAcls: [] })),
      };
    },
  );
}
