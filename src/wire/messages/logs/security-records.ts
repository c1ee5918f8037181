/**
 * ACLs, SCRAM credentials and delegation tokens in __cluster_metadata.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bytes, int32, int64, int8, message, string, uuid, type Infer } from '../../schema.ts';

/** An ACL is added. */
export const AccessControlEntryRecord = message(
  'AccessControlEntryRecord',
  { apiKey: 18, versions: [0, 0], flexibleSince: 0 },
  () => ({
    id: uuid(),
    resourceType: int8(),
    resourceName: string(),
    patternType: int8(),
    principal: string(),
    host: string(),
    operation: int8(),
    permissionType: int8(),
  }),
);
export type AccessControlEntryRecord = Infer<typeof AccessControlEntryRecord>;

/** An ACL is removed. */
export const RemoveAccessControlEntryRecord = message(
  'RemoveAccessControlEntryRecord',
  { apiKey: 19, versions: [0, 0], flexibleSince: 0 },
  () => ({
    id: uuid(),
  }),
);
export type RemoveAccessControlEntryRecord = Infer<typeof RemoveAccessControlEntryRecord>;

/** A user's credential for a SCRAM mechanism is set. */
export const UserScramCredentialRecord = message(
  'UserScramCredentialRecord',
  { apiKey: 11, versions: [0, 0], flexibleSince: 0 },
  () => ({
    name: string(),
    mechanism: int8(),
    salt: bytes(),
    storedKey: bytes(),
    serverKey: bytes(),
    iterations: int32(),
  }),
);
export type UserScramCredentialRecord = Infer<typeof UserScramCredentialRecord>;

/** A user's credential for a SCRAM mechanism is removed. */
export const RemoveUserScramCredentialRecord = message(
  'RemoveUserScramCredentialRecord',
  { apiKey: 22, versions: [0, 0], flexibleSince: 0 },
  () => ({
    name: string(),
    mechanism: int8(),
  }),
);
export type RemoveUserScramCredentialRecord = Infer<typeof RemoveUserScramCredentialRecord>;

/** A delegation token is issued or prolonged. */
export const DelegationTokenRecord = message(
  'DelegationTokenRecord',
  { apiKey: 10, versions: [0, 0], flexibleSince: 0 },
  () => ({
    owner: string(),
    requester: string(),
    renewers: array(string()),
    issueTimestamp: int64(),
    maxTimestamp: int64(),
    expirationTimestamp: int64(),
    tokenId: string(),
  }),
);
export type DelegationTokenRecord = Infer<typeof DelegationTokenRecord>;

/** A delegation token is removed. */
export const RemoveDelegationTokenRecord = message(
  'RemoveDelegationTokenRecord',
  { apiKey: 26, versions: [0, 0], flexibleSince: 0 },
  () => ({
    tokenId: string(),
  }),
);
export type RemoveDelegationTokenRecord = Infer<typeof RemoveDelegationTokenRecord>;
