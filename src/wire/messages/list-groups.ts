/**
 * Lists the groups that this broker coordinates.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, message, string, type Infer } from '../schema.ts';

export const ListGroupsRequest = message(
  'ListGroupsRequest',
  { apiKey: 16, versions: [0, 5], flexibleSince: 3 },
  () => ({
    statesFilter: array(string()).since(4),
    typesFilter: array(string()).since(5),
  }),
);
export type ListGroupsRequest = Infer<typeof ListGroupsRequest>;

export const ListGroupsResponse = message(
  'ListGroupsResponse',
  { apiKey: 16, versions: [0, 5], flexibleSince: 3 },
  () => ({
    throttleTimeMs: int32().since(1).default(0).ignorable(),
    errorCode: int16(),
    groups: array({
      groupId: string(),
      protocolType: string(),
      groupState: string().since(4).ignorable(),
      groupType: string().since(5).ignorable(),
    }),
  }),
);
export type ListGroupsResponse = Infer<typeof ListGroupsResponse>;
