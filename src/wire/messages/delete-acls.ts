/**
 * Removes the ACLs that match filters.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int8, message, string, type Infer } from '../schema.ts';

export const DeleteAclsRequest = message(
  'DeleteAclsRequest',
  { apiKey: 31, versions: [1, 3], flexibleSince: 2 },
  () => ({
    filters: array({
      resourceTypeFilter: int8(),
      resourceNameFilter: string().nullable(),
      patternTypeFilter: int8().default(3),
      principalFilter: string().nullable(),
      hostFilter: string().nullable(),
      operation: int8(),
      permissionType: int8(),
    }),
  }),
);
export type DeleteAclsRequest = Infer<typeof DeleteAclsRequest>;

export const DeleteAclsResponse = message(
  'DeleteAclsResponse',
  { apiKey: 31, versions: [1, 3], flexibleSince: 2 },
  () => ({
    throttleTimeMs: int32().default(0),
    filterResults: array({
      errorCode: int16(),
      errorMessage: string().nullable(),
      matchingAcls: array({
        errorCode: int16(),
        errorMessage: string().nullable(),
        resourceType: int8(),
        resourceName: string(),
        patternType: int8().default(3),
        principal: string(),
        host: string(),
        operation: int8(),
        permissionType: int8(),
      }),
    }),
  }),
);
export type DeleteAclsResponse = Infer<typeof DeleteAclsResponse>;
