import type { Clock, Random } from '../base/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { FetchRequest } from '../wire/messages/index.ts';

/** What a client wants of one partition, and what it was last told of it. */
export interface Want {
  /** Empty where the client names topics by id only and the id is unknown here. */
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly fetchOffset: number;
  readonly maxBytes: number;
  readonly currentLeaderEpoch: number;
  readonly lastFetchedEpoch: number;
}

/** The part of a partition's answer that decides whether a session's client has to hear of it. */
export interface Told {
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly logStartOffset: number;
  readonly hasRecords: boolean;
  readonly hasDivergingEpoch: boolean;
}

/** One Fetch request's view of its session. */
export interface FetchContext {
  readonly wants: readonly Want[];
  /** True where only partitions with news are answered. */
  readonly incremental: boolean;
  /** Whether this partition belongs into the answer; remembers what the client is told. */
  mustTell(want: Want, told: Told): boolean;
  /** Ends the request: the session id for the answer, 0 where there is no session. */
  finish(): number;
}

const FINAL_EPOCH = -1;
const INITIAL_EPOCH = 0;
const NO_SESSION = 0;
const MAX_EPOCH = 2 ** 31 - 1;
/** A session that was used within this time is not given up for another (FetchSessionCache: MIN_INCREMENTAL_FETCH_SESSION_EVICTION_MS). */
const EVICTION_MS = 120_000;

interface Entry extends Want {
  sentHighWatermark: number;
  sentLogStartOffset: number;
}

interface Session {
  readonly id: number;
  epoch: number;
  readonly usesTopicIds: boolean;
  /** Insertion order is the order of fetching: partitions that had data go to the end, so that all get their turn. */
  readonly entries: Map<string, Entry>;
  readonly createdMs: number;
  lastUsedMs: number;
}

const keyOf = (want: Pick<Want, 'topic' | 'topicId' | 'partition'>, usesTopicIds: boolean): string =>
  `${usesTopicIds ? want.topicId : want.topic}\u0000${want.partition}`;

/** Incremental fetch sessions (KIP-227; with topic ids since KIP-516). */
export class FetchSessions {
  readonly #sessions = new Map<number, Session>();
  readonly #maxSessions: number;
  readonly #clock: Clock;
  readonly #random: Random;

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
    forgotten: readonly Pick<Want, 'topic' | 'topicId' | 'partition'>[],
    usesTopicIds: boolean,
  ): FetchContext | number {
    const { sessionId, sessionEpoch } = request;
    if (sessionEpoch === FINAL_EPOCH) {
      if (sessionId !== NO_SESSION) this.#sessions.delete(sessionId);
      return sessionless(wants);
    }
    if (sessionEpoch === INITIAL_EPOCH) {
      if (sessionId !== NO_SESSION) this.#sessions.delete(sessionId);
      return this.#initial(wants, usesTopicIds);
    }
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return ErrorCode.FETCH_SESSION_ID_NOT_FOUND;
    if (session.epoch !== sessionEpoch) return ErrorCode.INVALID_FETCH_SESSION_EPOCH;
    if (session.usesTopicIds !== usesTopicIds) return ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR;
    return this.#incremental(session, wants, forgotten);
  }

  #initial(wants: readonly Want[], usesTopicIds: boolean): FetchContext {
    const told = new Map<string, Entry>();
    return {
      wants,
      incremental: false,
      mustTell: (want, news) => {
        told.set(keyOf(want, usesTopicIds), { ...want, ...remembered(news) });
        return true;
      },
      finish: () => {
        if (!this.#makeRoom(told.size)) return NO_SESSION;
        const now = this.#clock.elapsed();
        const session: Session = {
          id: this.#newId(),
          epoch: 1,
          usesTopicIds,
          entries: told,
          createdMs: now,
          lastUsedMs: now,
        };
        this.#sessions.set(session.id, session);
        return session.id;
      },
    };
  }

  #incremental(
    session: Session,
    wants: readonly Want[],
    forgotten: readonly Pick<Want, 'topic' | 'topicId' | 'partition'>[],
  ): FetchContext {
    const { entries, usesTopicIds } = session;
    for (const want of wants) {
      const key = keyOf(want, usesTopicIds);
      const { sentHighWatermark = -1, sentLogStartOffset = -1 } = entries.get(key) ?? {};
      entries.set(key, { ...want, sentHighWatermark, sentLogStartOffset });
    }
    for (const gone of forgotten) entries.delete(keyOf(gone, usesTopicIds));
    session.lastUsedMs = this.#clock.elapsed();
    // Least recently used sessions come first in the map.
    this.#sessions.delete(session.id);
    if (entries.size === 0) return sessionless([]);
    this.#sessions.set(session.id, session);
    session.epoch = session.epoch === MAX_EPOCH ? 1 : session.epoch + 1;
    return {
      wants: [...entries.values()],
      incremental: true,
      mustTell: (want, news) => {
        const key = keyOf(want, usesTopicIds);
        const entry = entries.get(key);
        if (entry === undefined) return false;
        const { highWatermark, logStartOffset, errorCode, hasRecords, hasDivergingEpoch } = news;
        const changed = highWatermark !== entry.sentHighWatermark || logStartOffset !== entry.sentLogStartOffset;
        Object.assign(entry, remembered(news));
        if (hasRecords) {
          entries.delete(key);
          entries.set(key, entry);
        }
        return changed || hasRecords || errorCode !== ErrorCode.NONE || hasDivergingEpoch;
      },
      finish: () => session.id,
    };
  }

  #newId(): number {
    for (;;) {
      const id = 1 + this.#random.below(MAX_EPOCH);
      if (!this.#sessions.has(id)) return id;
    }
  }

  /** Gives up the stalest session, or else a smaller one that has had its time, for a new one of `size` partitions. */
  #makeRoom(size: number): boolean {
    if (this.#sessions.size < this.#maxSessions) return true;
    const now = this.#clock.elapsed();
    const [stalest] = this.#sessions.values();
    if (stalest !== undefined && now - stalest.lastUsedMs > EVICTION_MS) return this.#sessions.delete(stalest.id);
    let smallest: Session | undefined;
    for (const session of this.#sessions.values()) {
      if (smallest === undefined || session.entries.size < smallest.entries.size) smallest = session;
    }
    if (smallest === undefined || smallest.entries.size >= size || now - smallest.createdMs <= EVICTION_MS)
      return false;
    return this.#sessions.delete(smallest.id);
  }
}

/** An error is told again and again: the high watermark is forgotten so that recovery is news. */
function remembered({
  errorCode,
  highWatermark,
  logStartOffset,
}: Told): Pick<Entry, 'sentHighWatermark' | 'sentLogStartOffset'> {
  return { sentHighWatermark: errorCode === ErrorCode.NONE ? highWatermark : -1, sentLogStartOffset: logStartOffset };
}

function sessionless(wants: readonly Want[]): FetchContext {
  return { wants, incremental: false, mustTell: () => true, finish: () => NO_SESSION };
}
