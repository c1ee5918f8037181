/**
 * Deletes groups that have no members, with their offsets.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, message, string, type Infer } from '../schema.ts';

export const DeleteGroupsRequest = message(
  'DeleteGroupsRequest',
  { apiKey: 42, versions: [0, 2], flexibleSince: 2 },
  () => ({
    groupsNames: array(string()),
  }),
);
export type DeleteGroupsRequest = Infer<typeof DeleteGroupsRequest>;

export const DeleteGroupsResponse = message(
  'DeleteGroupsResponse',
  { apiKey: 42, versions: [0, 2], flexibleSince: 2 },
  () => ({
    throttleTimeMs: int32().default(0),
    results: array({
      groupId: string(),
      errorCode: int16(),
    }),
  }),
);
export type DeleteGroupsResponse = Infer<typeof DeleteGroupsResponse>;
