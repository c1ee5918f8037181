/**
 * Adds ACLs.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int8, message, string, type Infer } from '../schema.ts';

export const CreateAclsRequest = message(
  'CreateAclsRequest',
  { apiKey: 30, versions: [1, 3], flexibleSince: 2 },
  () => ({
    creations: array({
      resourceType: int8(),
      resourceName: string(),
      resourcePatternType: int8().default(3),
      principal: string(),
      host: string(),
      operation: int8(),
      permissionType: int8(),
    }),
  }),
);
export type CreateAclsRequest = Infer<typeof CreateAclsRequest>;

export const CreateAclsResponse = message(
  'CreateAclsResponse',
  { apiKey: 30, versions: [1, 3], flexibleSince: 2 },
  () => ({
    throttleTimeMs: int32().default(0),
    results: array({
      errorCode: int16(),
      errorMessage: string().nullable(),
    }),
  }),
);
export type CreateAclsResponse = Infer<typeof CreateAclsResponse>;
