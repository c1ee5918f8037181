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
  consume(args: { topic: string; from: From; partition?: number; count: number }): Promise<ConsumedRecord[]>;

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
    from?: 'earliest' | 'latest';
    assignor?: 'range' | 'cooperative-sticky';
    instanceId?: string;
    commitOnLeave?: boolean;
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

  listGroups(args: Record<string, never>): Promise<string[]>;
  describeGroup(args: { group: string }): Promise<{ state: string; members: { partitions: number[] }[] }>;
  /** Committed offset by partition; partitions without one are absent. */
  committed(args: { group: string; topic: string }): Promise<Record<number, number>>;
  lag(args: { group: string; topic: string }): Promise<Record<number, number>>;
  setCommitted(args: Partition & { group: string; offset: number }): Promise<void>;
}
export type Verb = keyof Verbs;

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
  | 'topic id';

export interface Client {
  readonly name: string;
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
