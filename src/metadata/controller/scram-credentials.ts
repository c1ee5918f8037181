import { createHash, createHmac } from 'node:crypto';
import { ErrorCode } from '../../wire/index.ts';
import type { AlterUserScramCredentialsRequest } from '../../wire/messages/index.ts';
import type { MetadataRecord } from '../record.ts';
import { ScramMechanism } from '../scram-credentials.ts';
import type { Answer } from './apis.ts';
import type { ControllerContext, Decision } from './context.ts';
import { refused, type Refusal } from './refusal.ts';

type Response = Answer<'alterUserScramCredentials'>;
type Deletion = AlterUserScramCredentialsRequest['deletions'][number];
type Upsertion = AlterUserScramCredentialsRequest['upsertions'][number];

const MIN_ITERATIONS = 4096;
const MAX_ITERATIONS = 16_384;

const hashes: ReadonlyMap<number, string> = new Map([
  [ScramMechanism['SCRAM-SHA-256'], 'sha256'],
  [ScramMechanism['SCRAM-SHA-512'], 'sha512'],
]);

/**
 * AlterUserScramCredentials (KIP-554), one change per user, as Kafka's ScramControlManager has it. The client has salted and
 * stretched the password already; kept are the two keys made of that (RFC 5802), never the salted password.
 */
export function alterUserScramCredentials(
  { image }: ControllerContext,
  { deletions, upsertions }: AlterUserScramCredentialsRequest,
): Decision<Response> {
  const times = new Map<string, number>();
  for (const { name } of [...deletions, ...upsertions]) times.set(name, (times.get(name) ?? 0) + 1);
  const outcomes = new Map<string, Refusal | MetadataRecord>();
  const settle = (name: string, outcome: () => Refusal | MetadataRecord): void => {
    const isTwice = (times.get(name) ?? 0) > 1;
    const refusal = refused(ErrorCode.DUPLICATE_RESOURCE, `the credentials of ${name} may be altered only once`);
    if (!isTwice) outcomes.set(name, outcome());
    // What is wrong with the first of several counts for all of them.
    else if (!outcomes.has(name)) outcomes.set(name, firstProblem(outcome()) ?? refusal);
  };
  for (const deletion of deletions)
    settle(deletion.name, () => remove(deletion, image.scramCredentials.of(deletion.name).has(deletion.mechanism)));
  for (const upsertion of upsertions) settle(upsertion.name, () => upsert(upsertion));

  const records: MetadataRecord[] = [];
  const results = [...outcomes].map(([user, outcome]) => {
    if ('errorCode' in outcome) return { user, ...outcome };
    records.push(outcome);
    return { user, errorCode: ErrorCode.NONE, errorMessage: null };
  });
  return { records, response: { results } };
}

const firstProblem = (outcome: Refusal | MetadataRecord): Refusal | undefined =>
  'errorCode' in outcome ? outcome : undefined;

function problemOf({ name, mechanism }: Deletion | Upsertion): Refusal | undefined {
  if (name === '') return refused(ErrorCode.UNACCEPTABLE_CREDENTIAL, 'a user must be named');
  if (!hashes.has(mechanism))
    return refused(ErrorCode.UNSUPPORTED_SASL_MECHANISM, `there is no SCRAM mechanism ${mechanism}`);
  return undefined;
}

function remove(deletion: Deletion, isThere: boolean): Refusal | MetadataRecord {
  const problem = problemOf(deletion);
  if (problem !== undefined) return problem;
  const { name, mechanism } = deletion;
  if (!isThere) return refused(ErrorCode.RESOURCE_NOT_FOUND, `${name} has no credential of that mechanism`);
  return { type: 'RemoveUserScramCredentialRecord', value: { name, mechanism } };
}

function upsert(upsertion: Upsertion): Refusal | MetadataRecord {
  const problem = problemOf(upsertion);
  if (problem !== undefined) return problem;
  const { name, mechanism, iterations, salt, saltedPassword } = upsertion;
  if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
    const message = `iterations must be ${MIN_ITERATIONS} to ${MAX_ITERATIONS}, not ${iterations}`;
    return refused(ErrorCode.UNACCEPTABLE_CREDENTIAL, message);
  }
  // Java's crypto knows no empty key: Kafka stumbles over it, and has no word for that.
  if (saltedPassword.length === 0) return refused(ErrorCode.UNKNOWN_SERVER_ERROR, null);
  const hash = hashes.get(mechanism) as string;
  const keyed = (text: string): Buffer => createHmac(hash, saltedPassword).update(text).digest();
  const storedKey = createHash(hash).update(keyed('Client Key')).digest();
  const value = { name, mechanism, salt: Buffer.from(salt), storedKey, serverKey: keyed('Server Key'), iterations };
  return { type: 'UserScramCredentialRecord', value };
}
