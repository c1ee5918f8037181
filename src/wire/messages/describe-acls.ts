/**
 * Lists the ACLs that match a filter.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int8, message, string, type Infer } from '../schema.ts';

export const DescribeAclsRequest = message(
  'DescribeAclsRequest',
  { apiKey: 29, versions: [1, 3], flexibleSince: 2 },
  () => ({
    resourceTypeFilter: int8(),
    resourceNameFilter: string().nullable(),
    patternTypeFilter: int8().default(3),
    principalFilter: string().nullable(),
    hostFilter: string().nullable(),
    operation: int8(),
    permissionType: int8(),
  }),
);
export type DescribeAclsRequest = Infer<typeof DescribeAclsRequest>;

export const DescribeAclsResponse = message(
  'DescribeAclsResponse',
  { apiKey: 29, versions: [1, 3], flexibleSince: 2 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable(),
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      patternType: int8().default(3),
      acls: array({
        principal: string(),
        host: string(),
        operation: int8(),
        permissionType: int8(),
      }),
    }),
  }),
);
export type DescribeAclsResponse = Infer<typeof DescribeAclsResponse>;
