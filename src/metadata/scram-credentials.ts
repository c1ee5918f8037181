import type { RemoveUserScramCredentialRecord, UserScramCredentialRecord } from '../wire/messages/logs/index.ts';
import { ImmutableMap } from './immutable-map.ts';

/** SCRAM mechanisms by their numbers in requests and records (KIP-554). */
export const ScramMechanism = { 'SCRAM-SHA-256': 1, 'SCRAM-SHA-512': 2 } as const;

/** What a server keeps of a password to check it by (RFC 5802): the password cannot be had from it. */
export interface ScramCredential {
  readonly user: string;
  /** One of ScramMechanism. */
  readonly mechanism: number;
  readonly salt: Buffer;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
  readonly iterations: number;
}

type OfUser = ReadonlyMap<number, ScramCredential>;
const NOTHING: OfUser = new Map();

/** All SCRAM credentials of one moment. */
export class ScramCredentials {
  static readonly EMPTY = new ScramCredentials(ImmutableMap.empty());

  readonly #users: ImmutableMap<OfUser>;

  constructor(users: ImmutableMap<OfUser>) {
    this.#users = users;
  }

  /** A user's credentials by mechanism; empty where there are none. */
  of(user: string): OfUser {
    return this.#users.get(user) ?? NOTHING;
  }

  /** Everyone who has a credential, in no particular order. */
  *users(): IterableIterator<string> {
    for (const [user] of this.#users.entries()) yield user;
  }

  with(changed: Iterable<readonly [user: string, credentials: OfUser]>): ScramCredentials {
    let users = this.#users;
    for (const [user, credentials] of changed)
      users = credentials.size === 0 ? users.delete(user) : users.set(user, credentials);
    return users === this.#users ? this : new ScramCredentials(users);
  }
}

/** Collects credential records over the credentials of one moment. */
export class ScramCredentialsDelta {
  readonly #before: ScramCredentials;
  readonly #drafts = new Map<string, Map<number, ScramCredential>>();

  constructor(before: ScramCredentials) {
    this.#before = before;
  }

  set({ name: user, mechanism, salt, storedKey, serverKey, iterations }: UserScramCredentialRecord): void {
    // Copies: a record read from the log is a view of all of its batch.
    const [ownSalt, ownStoredKey, ownServerKey] = [salt, storedKey, serverKey].map((bytes) => Buffer.from(bytes));
    this.#draft(user).set(mechanism, {
      user,
      mechanism,
      salt: ownSalt as Buffer,
      storedKey: ownStoredKey as Buffer,
      serverKey: ownServerKey as Buffer,
      iterations,
    });
  }

  remove({ name, mechanism }: RemoveUserScramCredentialRecord): void {
    this.#draft(name).delete(mechanism);
  }

  apply(): ScramCredentials {
    return this.#before.with(this.#drafts);
  }

  #draft(user: string): Map<number, ScramCredential> {
    let draft = this.#drafts.get(user);
    if (draft === undefined) this.#drafts.set(user, (draft = new Map(this.#before.of(user))));
    return draft;
  }
}
