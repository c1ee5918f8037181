import type { Clock, Random } from '../base/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { FetchRequest } from '../wire/messages/index.ts';
import { FetchSession, type FetchContext, type Told, type Want, type WantedPartition } from './fetch-session.ts';

const FINAL_EPOCH = -1;
const INITIAL_EPOCH = 0;
const NO_SESSION = 0;
const MAX_EPOCH = 2 ** 31 - 1;
/** A session that was used within this time is not given up for another (FetchSessionCache: MIN_INCREMENTAL_FETCH_SESSION_EVICTION_MS). */
const EVICTION_MS = 120_000;

/** Incremental fetch sessions (KIP-227; with topic ids since KIP-516). */
export class FetchSessions {
  readonly #sessions = new Map<number, FetchSession>();
  readonly #maxSessions: number;
  readonly #clock: Clock;
  readonly #random: Random;
  /** The last in the map. */
  #latest: FetchSession | undefined;

  /** @param maxSessions `max.incremental.fetch.session.cache.slots` */
  constructor(options: { readonly maxSessions: number; readonly clock: Clock; readonly random: Random }) {
    this.#maxSessions = options.maxSessions;
    this.#clock = options.clock;
    this.#random = options.random;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** The context of a request whose wants (and forgotten partitions) have been read, or Kafka's error for its session. */
  begin(
    request: FetchRequest,
    wants: readonly Want[],
    forgotten: readonly WantedPartition[],
    usesTopicIds: boolean,
  ): FetchContext | number {
    const { sessionId, sessionEpoch, isolationLevel } = request;
    if (sessionEpoch === FINAL_EPOCH) {
      this.#drop(sessionId);
      return sessionless(wants);
    }
    if (sessionEpoch === INITIAL_EPOCH) {
      this.#drop(sessionId);
      return this.#initial(wants, usesTopicIds, isolationLevel);
    }
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return ErrorCode.FETCH_SESSION_ID_NOT_FOUND;
    if (session.epoch !== sessionEpoch) return ErrorCode.INVALID_FETCH_SESSION_EPOCH;
    if (session.usesTopicIds !== usesTopicIds) return ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR;
    session.readAt(isolationLevel);
    return this.#incremental(session, wants, forgotten);
  }

  #initial(wants: readonly Want[], usesTopicIds: boolean, isolationLevel: number): FetchContext {
    const told: [Want, Told][] = [];
    return {
      ...sessionless(wants),
      mustTell: (want, news) => {
        told.push([want, news]);
        return true;
      },
      finish: () => {
        if (!this.#makeRoom(told.length)) return NO_SESSION;
        const now = this.#clock.elapsed();
        const session = new FetchSession({ id: this.#newId(), usesTopicIds, isolationLevel, now });
        for (const [want, news] of told) {
          session.put(want);
          session.mustTell(want, { ...news, hasRecords: false });
        }
        this.#used(session);
        return session.id;
      },
    };
  }

  #incremental(session: FetchSession, wants: readonly Want[], forgotten: readonly WantedPartition[]): FetchContext {
    for (const want of wants) session.put(want);
    for (const gone of forgotten) session.forget(gone);
    if (session.size === 0) {
      this.#drop(session.id);
      return sessionless([]);
    }
    session.lastUsedMs = this.#clock.elapsed();
    this.#used(session);
    session.epoch = session.epoch === MAX_EPOCH ? 1 : session.epoch + 1;
    return session;
  }

  /** Least recently used sessions come first in the map. */
  #used(session: FetchSession): void {
    if (session === this.#latest) return;
    this.#sessions.delete(session.id);
    this.#sessions.set(session.id, session);
    this.#latest = session;
  }

  #newId(): number {
    for (;;) {
      const id = 1 + this.#random.below(MAX_EPOCH);
      if (!this.#sessions.has(id)) return id;
    }
  }

  #drop(id: number): void {
    this.#sessions.get(id)?.end();
    this.#sessions.delete(id);
  }

  /** Gives up the stalest session, or else a smaller one that has had its time, for a new one of `size` partitions. */
  #makeRoom(size: number): boolean {
    if (this.#sessions.size < this.#maxSessions) return true;
    const now = this.#clock.elapsed();
    const [stalest] = this.#sessions.values();
    if (stalest !== undefined && now - stalest.lastUsedMs > EVICTION_MS) {
      this.#drop(stalest.id);
      return true;
    }
    let smallest: FetchSession | undefined;
    for (const session of this.#sessions.values()) {
      if (smallest === undefined || session.size < smallest.size) smallest = session;
    }
    if (smallest === undefined || smallest.size >= size || now - smallest.createdMs <= EVICTION_MS) return false;
    this.#drop(smallest.id);
    return true;
  }
}

function sessionless(wants: readonly Want[]): FetchContext {
  return {
    isEmpty: wants.length === 0,
    wants: () => wants,
    isResting: false,
    rest: () => false,
    onNews: () => () => undefined,
    mustTell: () => true,
    finish: () => NO_SESSION,
  };
}
