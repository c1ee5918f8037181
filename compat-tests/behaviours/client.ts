import type { Wording } from './wording.ts';

/** What the suite asks of a client, as verbs. A client offers those it has; a behaviour names those it needs. */

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
export type Header = readonly [name: string, value: string];

export interface ProducedRecord {
  readonly value: string | null;
  readonly key?: string | null;
  readonly headers?: readonly Header[];
  readonly partition?: number;
  readonly timestampMs?: number;
}

export interface ConsumedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly Header[];
}

export interface ConfigValue {
  readonly value: string | null;
  readonly isDefault: boolean;
}

type At = 'earliest' | 'latest' | 'max timestamp' | { readonly timestampMs: number };
type From = 'earliest' | { readonly offset: number } | { readonly timestampMs: number };
type Partition = { readonly topic: string; readonly partition: number };

export interface Verbs {
  produce(args: {
    topic: string;
    records: readonly ProducedRecord[];
    compression?: Compression;
    acks?: 0 | 1 | -1;
    idempotent?: boolean;
  }): Promise<void>;
  /** Reads `count` records outside any lasting group: of one partition, or of all. */
  consume(args: {
    topic: string;
    from: From;
    partition?: number;
    count: number;
    /** What is done about an offset that is not there: from the beginning, unless it is to fail. */
    outOfRange?: 'fail';
    /** Asked only of clients with transactions. */
    isolation?: 'read_committed';
  }): Promise<ConsumedRecord[]>;

  /**
   * From now on produces '0', '1', '2'... to partition 0, idempotently and without end, retrying whatever is not
   * acknowledged within four seconds; `producer` is the suite's name for it.
   */
  startProducing(args: { producer: string; topic: string }): Promise<void>;
  /** How many records of it are acknowledged so far; fails when one was not and will not be. */
  acknowledged(args: { producer: string }): Promise<number>;
  /** Waits until all that were produced are acknowledged, and tells how many; fails when one was not. */
  stopProducing(args: { producer: string }): Promise<number>;

  /** Begins a transaction; a producer that is not there yet is made, and so fences others of its transactional id. */
  beginTransaction(args: { producer: string; transactionalId: string; timeoutMs?: number }): Promise<void>;
  /** Sends to partition 0, and waits until all are acknowledged. */
  sendInTransaction(args: { producer: string; topic: string; values: readonly string[] }): Promise<void>;
  sendOffset(args: Partition & { producer: string; group: string; offset: number }): Promise<void>;
  endTransaction(args: { producer: string; commit: boolean }): Promise<void>;

  createTopic(args: {
    topic: string;
    partitions?: number;
    replicationFactor?: number;
    configs?: Readonly<Record<string, string>>;
    validateOnly?: boolean;
  }): Promise<void>;
  deleteTopic(args: { topic: string }): Promise<void>;
  listTopics(args: Record<string, never>): Promise<string[]>;
  describeTopic(args: {
    topic: string;
  }): Promise<{ partitions: { index: number; leader: number; replicas: number[]; isr: number[] }[] }>;
  /** The topic's id as the client writes it: only good for comparing. */
  topicId(args: { topic: string }): Promise<string>;
  createPartitions(args: { topic: string; count: number }): Promise<void>;
  topicConfigs(args: { topic: string }): Promise<Record<string, ConfigValue>>;
  brokerConfigs(args: { broker: number }): Promise<Record<string, ConfigValue>>;
  setConfig(args: { topic: string; name: string; value: string }): Promise<void>;
  unsetConfig(args: { topic: string; name: string }): Promise<void>;
  cluster(args: Record<string, never>): Promise<{ brokers: { id: number; host: string; port: number }[] }>;
  apiVersions(args: Record<string, never>): Promise<Record<string, { min: number; max: number }>>;

  /** -1 where there is no such offset. */
  offsetAt(args: Partition & { at: At }): Promise<number>;

  /** A member of a group, subscribed and reading; `member` is the suite's name for it. */
  join(args: {
    member: string;
    group: string;
    topic: string;
    /** Topics by expression instead, in the language of RE2. */
    pattern?: string;
    from?: 'earliest' | 'latest';
    /** KIP-848's, instead of the classic one. */
    protocol?: 'consumer';
    assignor?: 'range' | 'cooperative-sticky';
    instanceId?: string;
    commitOnLeave?: boolean;
    sessionTimeoutMs?: number;
  }): Promise<void>;
  assignment(args: { member: string }): Promise<number[]>;
  /** Every partition the member was ever told to give up while in the group. */
  revoked(args: { member: string }): Promise<number[]>;
  received(args: { member: string }): Promise<ConsumedRecord[]>;
  pause(args: { member: string; topic: string; partitions: number[] }): Promise<void>;
  resume(args: { member: string; topic: string; partitions: number[] }): Promise<void>;
  seek(args: Partition & { member: string; offset: number }): Promise<void>;
  /** Commits the position of everything received. */
  commit(args: { member: string }): Promise<void>;
  leave(args: { member: string }): Promise<void>;
  /** Ends the member as a crash would: without a word to the broker. */
  vanish(args: { member: string }): Promise<void>;
  /** The error that ended the member's reading; null while it reads. */
  fault(args: { member: string }): Promise<Fault | null>;

  listGroups(args: Record<string, never>): Promise<string[]>;
  describeGroup(args: { group: string }): Promise<{ state: string; members: { partitions: number[] }[] }>;
  /** Committed offset by partition; partitions without one are absent. */
  committed(args: { group: string; topic: string }): Promise<Record<number, number>>;
  lag(args: { group: string; topic: string }): Promise<Record<number, number>>;
  setCommitted(args: Partition & { group: string; offset: number }): Promise<void>;
  deleteCommitted(args: Partition & { group: string }): Promise<void>;
  deleteGroup(args: { group: string }): Promise<void>;
  /** Makes a member leave by the id that the client knows members by: a member id, or an instance id. */
  removeMember(args: { group: string; id: string }): Promise<void>;

  /** Deletes all records before an offset and tells where the log begins now. */
  deleteRecords(args: Partition & { before: number }): Promise<number>;
  /** Bytes on the broker's disks, by partition. */
  logDirs(args: { topic: string }): Promise<Record<number, number>>;
  /** Elects the preferred leader. */
  electLeader(args: Partition): Promise<void>;
  reassign(args: Partition & { replicas: number[] }): Promise<void>;
  /** The partitions that are being reassigned. */
  reassignments(args: { topic: string }): Promise<number[]>;
  activeProducers(args: Partition): Promise<{ epoch: number; lastSequence: number }[]>;
  setQuota(args: { user: string; name: string; value: number | null }): Promise<void>;
  quotas(args: { user: string }): Promise<Record<string, number>>;
  /** Gives a user SCRAM-SHA-256 credentials of so many iterations; null takes them away. */
  setScram(args: { user: string; iterations: number | null }): Promise<void>;
  /** Iterations by mechanism, as `SCRAM-SHA-256`. */
  scram(args: { user: string }): Promise<Record<string, number>>;
  /** The finalized level of each feature. */
  features(args: Record<string, never>): Promise<Record<string, number>>;
  quorum(args: Record<string, never>): Promise<{ leader: number; voters: number[] }>;
  setClientMetrics(args: { subscription: string; configs: Readonly<Record<string, string>> }): Promise<void>;
  clientMetrics(args: { subscription: string }): Promise<Record<string, string>>;
  listClientMetrics(args: Record<string, never>): Promise<string[]>;
}
export type Verb = keyof Verbs;

/** An error as the client shows it: Kafka's code, where it tells one, and all its words. */
export interface Fault {
  readonly code: number | null;
  readonly message: string;
}

/** What a client can do within its verbs. */
export type Ability =
  | Exclude<Compression, 'none'>
  | 'headers'
  | 'timestamps'
  | 'acks'
  | 'partitions'
  | 'cooperative-sticky'
  | 'static membership'
  | 'max timestamp'
  | 'validate only'
  | 'topic id'
  | 'fails out of range'
  /** Reads snappy as Java writes it: in frames. */
  | 'framed snappy'
  /** Tells the time that the broker stamped. */
  | 'log append time'
  /** Tells that a topic's name is refused, not only that there is no such topic. */
  | 'refused names'
  /** Knows an empty value from none. */
  | 'empty values'
  | 'commits for a group in use'
  /** KIP-848. */
  | 'consumer protocol';

export interface Client {
  readonly name: string;
  /** What is at work, with its version, for `docs/clients.md`. */
  readonly version?: string;
  /** How it words Kafka's errors: what it shows of a refusal is checked. */
  readonly wording?: Wording;
  readonly verbs: Partial<Verbs>;
  readonly abilities: ReadonlySet<Ability>;
  close(): Promise<void>;
}

/** A refusal by the broker, with the code Kafka gave it. */
export class KafkaFailure extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(`error ${code}: ${message}`);
    this.name = 'KafkaFailure';
    this.code = code;
  }
}
