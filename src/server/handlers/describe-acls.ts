/**
 * DescribeAcls v1-3, as a broker without an authorizer answers it: SECURITY_DISABLED. A filter with an UNKNOWN type,
 * operation or permission closes the connection. Mirrors Kafka's AclApis and DescribeAclsRequest.
 */
import { ErrorCode } from '../../wire/index.ts';
import { DescribeAclsRequest, DescribeAclsResponse } from '../../wire/messages/index.ts';
import { refuseUnknownAcl } from '../unknown-acls.ts';
import { api, route, type Route } from '../route.ts';

export function describeAcls(): Route {
  return route(
    api(DescribeAclsRequest, DescribeAclsResponse),
    { authorize: { operation: 'Describe', resource: 'Cluster' } },
    ({ resourceTypeFilter, patternTypeFilter, operation, permissionType }) => {
      refuseUnknownAcl('DescribeAcls', [resourceTypeFilter, patternTypeFilter, operation, permissionType]);
      return {
        errorCode: ErrorCode.SECURITY_DISABLED,
        errorMessage: 'No Authorizer is configured on the broker',
        resources: [],
      };
    },
  );
}
