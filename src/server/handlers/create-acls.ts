/**
 * CreateAcls v1-3, as a controller without an authorizer answers it: SECURITY_DISABLED for each. An ACL with an UNKNOWN
 * type, operation or permission closes the connection. Mirrors Kafka's AclApis and CreateAclsRequest.
 */
import { ErrorCode } from '../../wire/index.ts';
import { CreateAclsRequest, CreateAclsResponse } from '../../wire/messages/index.ts';
import { refuseUnknownAcl } from '../unknown-acls.ts';
import { api, route, type Route } from '../route.ts';

export function createAcls(): Route {
  return route(
    api(CreateAclsRequest, CreateAclsResponse),
    { authorize: { operation: 'Alter', resource: 'Cluster' } },
    ({ creations }) => {
      for (const { resourceType, resourcePatternType, operation, permissionType } of creations)
        refuseUnknownAcl('CreateAcls', [resourceType, resourcePatternType, operation, permissionType]);
      const refused = { errorCode: ErrorCode.SECURITY_DISABLED, errorMessage: 'No Authorizer is configured.' };
      return { results: creations.map(() => refused) };
    },
  );
}
