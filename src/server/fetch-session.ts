import { ErrorCode } from '../wire/index.ts';

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

export type WantedPartition = Pick<Want, 'topic' | 'topicId' | 'partition'>;

/** The part of a partition's answer that decides whether a session's client has to hear of it. */
export interface Told {
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly logStartOffset: number;
  readonly hasRecords: boolean;
  readonly hasDivergingEpoch: boolean;
}

/** A partition that tells when there may be something new about it. */
export interface Watched {
  readonly highWatermark: number;
  readonly logStartOffset: number;
  /** Returns how to stop. */
  onAdvance(listener: () => void): () => void;
}

/** One Fetch request's view of its session. */
export interface FetchContext {
  /** Neither wanted now nor resting. */
  readonly isEmpty: boolean;
  /** What has to be looked at now: more when a resting partition has news. */
  wants(): readonly Want[];
  /** Whether the client waits for partitions beside `wants()`. */
  readonly isResting: boolean;
  /** Takes a partition that has nothing to give out of `wants()` until it has; false where it must stay. */
  rest(want: Want, partition: Watched): boolean;
  /** Calls `listener` when `wants()` has become more. Returns how to stop that. */
  onNews(listener: () => void): () => void;
  /** Whether this partition belongs into the answer; remembers what the client is told. */
  mustTell(want: Want, told: Told): boolean;
  /** Ends the request: the session id for the answer, 0 where there is no session. */
  finish(): number;
}

class Entry implements Want {
  readonly key: string;
  readonly topicId: string;
  readonly partition: number;
  topic = '';
  fetchOffset = -1;
  maxBytes = 0;
  currentLeaderEpoch = -1;
  lastFetchedEpoch = -1;
  /** The order of fetching: partitions that had data go to the end, so that all get their turn. */
  turn: number;
  sentHighWatermark = -1;
  sentLogStartOffset = -1;
  /** Set while it rests. */
  stopWatching: (() => void) | undefined;

  constructor(key: string, want: Want, turn: number) {
    this.key = key;
    this.topicId = want.topicId;
    this.partition = want.partition;
    this.turn = turn;
    this.update(want);
  }

  /** The client goes on from elsewhere, or wants it otherwise. */
  update(want: Want): void {
    this.topic = want.topic;
    this.fetchOffset = want.fetchOffset;
    this.maxBytes = want.maxBytes;
    this.currentLeaderEpoch = want.currentLeaderEpoch;
    this.lastFetchedEpoch = want.lastFetchedEpoch;
  }
}

/**
 * The partitions of an incremental fetch session, and what its client knows of each.
 *
 * A partition that has nothing new rests: no request looks at it, until it tells of news itself. It does so once, so that
 * a session whose client is gone costs no more than that. For a request of the session it is the view of itself.
 */
export class FetchSession implements FetchContext {
  readonly id: number;
  /** One without partitions is dropped. */
  readonly isEmpty = false;
  readonly usesTopicIds: boolean;
  readonly createdMs: number;
  epoch = 1;
  lastUsedMs: number;
  readonly #entries = new Map<string, Entry>();
  readonly #awake = new Set<Entry>();
  readonly #listeners = new Set<() => void>();
  #isolationLevel: number;
  #turns = 0;

  constructor(options: {
    readonly id: number;
    readonly usesTopicIds: boolean;
    readonly isolationLevel: number;
    readonly now: number;
  }) {
    this.id = options.id;
    this.usesTopicIds = options.usesTopicIds;
    this.createdMs = this.lastUsedMs = options.now;
    this.#isolationLevel = options.isolationLevel;
  }

  get size(): number {
    return this.#entries.size;
  }

  get isResting(): boolean {
    return this.#awake.size < this.#entries.size;
  }

  /** In the order of fetching. */
  wants(): readonly Want[] {
    const awake = [...this.#awake];
    return awake.length < 2 ? awake : awake.sort((one, other) => one.turn - other.turn);
  }

  /** What has nothing new for readers at one level may have for others. */
  readAt(isolationLevel: number): void {
    if (isolationLevel === this.#isolationLevel) return;
    this.#isolationLevel = isolationLevel;
    for (const entry of this.#entries.values()) this.#wake(entry);
  }

  put(want: Want): void {
    const key = this.#keyOf(want);
    let entry = this.#entries.get(key);
    if (entry === undefined) this.#entries.set(key, (entry = new Entry(key, want, this.#turns++)));
    else entry.update(want);
    this.#wake(entry);
  }

  forget(partition: WantedPartition): void {
    const entry = this.#entryOf(partition);
    if (entry === undefined) return;
    this.#letGo(entry);
    this.#entries.delete(entry.key);
  }

  /** Whether this partition belongs into an answer; remembers what the client is told. */
  mustTell(want: WantedPartition, news: Told): boolean {
    const entry = this.#entryOf(want);
    if (entry === undefined) return false;
    const { errorCode, hasRecords, hasDivergingEpoch } = news;
    const mustTell = !isKnown(entry, news) || hasRecords || errorCode !== ErrorCode.NONE || hasDivergingEpoch;
    // An error is told again and again: the high watermark is forgotten so that recovery is news.
    entry.sentHighWatermark = errorCode === ErrorCode.NONE ? news.highWatermark : -1;
    entry.sentLogStartOffset = news.logStartOffset;
    if (hasRecords) entry.turn = this.#turns++;
    return mustTell;
  }

  /** Lets a partition that has nothing to give rest; false where the client has to hear of it still. */
  rest(want: Want, partition: Watched): boolean {
    const entry = this.#entryOf(want);
    if (entry !== want || !isKnown(entry, partition)) return false;
    this.#awake.delete(entry);
    entry.stopWatching = partition.onAdvance(() => {
      this.#wake(entry);
      for (const listener of this.#listeners) listener();
    });
    return true;
  }

  /** Calls `listener` when a partition that rested has news. Returns how to stop that. */
  onNews(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  finish(): number {
    return this.id;
  }

  /** Nobody will ask again. */
  end(): void {
    for (const entry of this.#entries.values()) entry.stopWatching?.();
    this.#entries.clear();
    this.#awake.clear();
  }

  #wake(entry: Entry): void {
    entry.stopWatching?.();
    entry.stopWatching = undefined;
    this.#awake.add(entry);
  }

  #letGo(entry: Entry): void {
    entry.stopWatching?.();
    this.#awake.delete(entry);
  }

  #entryOf(want: WantedPartition): Entry | undefined {
    return this.#entries.get(want instanceof Entry ? want.key : this.#keyOf(want));
  }

  #keyOf({ topic, topicId, partition }: WantedPartition): string {
    return `${this.usesTopicIds ? topicId : topic}\u0000${partition}`;
  }
}

function isKnown(
  { sentHighWatermark, sentLogStartOffset }: Entry,
  { highWatermark, logStartOffset }: Pick<Told, 'highWatermark' | 'logStartOffset'>,
): boolean {
  return highWatermark === sentHighWatermark && logStartOffset === sentLogStartOffset;
}
