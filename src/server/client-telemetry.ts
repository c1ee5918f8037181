import { randomUuid, ZERO_UUID, type Clock, type Logger, type Random } from '../base/index.ts';
import { clientMetricsConfig, type ClientMetricsConfig } from '../config/index.ts';
import { ConfigResourceType, type MetadataImage } from '../metadata/index.ts';
import { ErrorCode } from '../wire/index.ts';
import {
  COMPRESSION_TYPES,
  crc32c,
  decompress,
  isCompressionReady,
  prepareCompression,
} from '../wire/records/index.ts';
import type { ConnectionContext } from './connection-context.ts';
import { countMetrics } from './otlp-metrics.ts';

/** What a client pushed, ready to be read. */
export interface PushedMetrics {
  readonly clientId: string | null;
  readonly clientInstanceId: string;
  readonly clientAddress: string;
  /** Whether the client says good-bye with it. */
  readonly terminating: boolean;
  readonly metricCount: number;
  /** OpenTelemetry's MetricsData as protobuf, unpacked. */
  readonly metrics: Buffer;
}

/** Where pushed metrics go. Must not throw. */
export type TelemetryReceiver = (pushed: PushedMetrics) => void;

/** Who asks: what subscriptions can select clients by. */
export interface TelemetryClient {
  readonly clientId: string | null;
  readonly connection: ConnectionContext;
}

/** What a client is to push, and how often. */
export interface TelemetrySubscription {
  readonly errorCode: number;
  readonly clientInstanceId: string;
  readonly subscriptionId: number;
  readonly pushIntervalMs: number;
  readonly requestedMetrics: readonly string[];
}

export interface TelemetryPush {
  readonly clientInstanceId: string;
  readonly subscriptionId: number;
  readonly terminating: boolean;
  readonly compressionType: number;
  readonly metrics: Buffer;
}

/** One client that asked or pushed lately. */
interface Instance {
  readonly id: string;
  /** Of the subscriptions that it was told. */
  readonly version: number;
  readonly subscriptionId: number;
  readonly pushIntervalMs: number;
  readonly requestedMetrics: readonly string[];
  lastGetMs: number;
  lastPushMs: number;
  lastError: number;
  terminating: boolean;
  expiresMs: number;
}

const MAX_INSTANCES = 16_384;
const MIN_EXPIRY_MS = 60_000;
/** An instance is forgotten after so many intervals without a word. */
const INTERVALS_KEPT = 3;
const LONGEST_INTERVAL_MS = 300_000;
const EVERY_METRIC = '*';
/** Ids that stand for something else (org.apache.kafka.common.Uuid.RESERVED). */
const RESERVED_IDS: ReadonlySet<string> = new Set([ZERO_UUID, 'AAAAAAAAAAAAAAAAAAAAAQ']);
/** How large a push may become unpacked, bytes. */
const MAX_UNPACKED_BYTES = 16 * 1024 * 1024;

/**
 * Which metrics clients are to push, and what they push (KIP-714), as Kafka's ClientMetricsManager has it. An instance is
 * known until its connection ends, it is silent for three intervals, or too many others have come.
 */
export class ClientTelemetry {
  readonly #image: () => MetadataImage;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #maxBytes: number;
  readonly #receiver: () => TelemetryReceiver | undefined;
  /** The one used last stands last. */
  readonly #instances = new Map<string, Instance>();
  /** The instance that a connection spoke for last: it is forgotten with it. */
  readonly #spokenFor = new WeakMap<ConnectionContext, string>();
  #seen: MetadataImage['configs'] | undefined;
  #subscriptions: readonly (readonly [values: ReadonlyMap<string, string>, config: ClientMetricsConfig])[] = [];
  #version = 0;

  constructor(options: {
    readonly image: () => MetadataImage;
    readonly clock: Clock;
    readonly random: Random;
    /** `telemetry.max.bytes` */
    readonly maxBytes: number;
    /** Undefined while telemetry is off: what is pushed is then looked at no further. */
    readonly receiver: () => TelemetryReceiver | undefined;
  }) {
    this.#image = options.image;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#maxBytes = options.maxBytes;
    this.#receiver = options.receiver;
  }

  /** Whether clients are to be told that metrics can be pushed. */
  get isOn(): boolean {
    return this.#receiver() !== undefined;
  }

  /** The largest push accepted, bytes on the wire. */
  get maxBytes(): number {
    return this.#maxBytes;
  }

  /** GetTelemetrySubscriptions: a client without an id gets one. */
  subscribe(asked: string, client: TelemetryClient): TelemetrySubscription | number {
    const instance = this.#instance(asked === ZERO_UUID ? randomUuid(this.#random) : asked, client);
    const now = this.#clock.elapsed();
    const isDue = now - Math.max(instance.lastGetMs, instance.lastPushMs) >= instance.pushIntervalMs;
    // Who was told that its subscription is another asks at once.
    const isTold =
      instance.lastError === ErrorCode.UNKNOWN_SUBSCRIPTION_ID ||
      instance.lastError === ErrorCode.UNSUPPORTED_COMPRESSION_TYPE;
    if (!isDue && !isTold) return ErrorCode.THROTTLING_QUOTA_EXCEEDED;
    if (isDue) instance.lastGetMs = now;
    instance.lastError = ErrorCode.NONE;
    const { id: clientInstanceId, subscriptionId, pushIntervalMs, requestedMetrics } = instance;
    return { errorCode: ErrorCode.NONE, clientInstanceId, subscriptionId, pushIntervalMs, requestedMetrics };
  }

  /** Loads what the push is packed with; undefined where it can be unpacked at once. What cannot be loaded shows when it is used. */
  prepare({ compressionType }: TelemetryPush): Promise<void> | undefined {
    const type = COMPRESSION_TYPES[compressionType];
    return type === undefined || isCompressionReady(type) ? undefined : prepareCompression(type).catch(() => {});
  }

  /** PushTelemetry: an error code. */
  push(push: TelemetryPush, client: TelemetryClient): number {
    if (RESERVED_IDS.has(push.clientInstanceId)) return ErrorCode.INVALID_REQUEST;
    const instance = this.#instance(push.clientInstanceId, client);
    instance.lastError = this.#refusal(instance, push);
    instance.terminating = push.terminating;
    if (instance.lastError === ErrorCode.NONE && push.metrics.length > 0)
      instance.lastError = this.#receive(push, client);
    return instance.lastError;
  }

  #refusal(instance: Instance, push: TelemetryPush): number {
    if (instance.terminating) return ErrorCode.INVALID_REQUEST;
    const now = this.#clock.elapsed();
    const isAwaited = instance.lastGetMs > instance.lastPushMs || now - instance.lastPushMs >= instance.pushIntervalMs;
    if (isAwaited) instance.lastPushMs = now;
    else if (!push.terminating) return ErrorCode.THROTTLING_QUOTA_EXCEEDED;
    if (push.subscriptionId !== instance.subscriptionId) return ErrorCode.UNKNOWN_SUBSCRIPTION_ID;
    if (COMPRESSION_TYPES[push.compressionType] === undefined) return ErrorCode.UNSUPPORTED_COMPRESSION_TYPE;
    return push.metrics.length > this.#maxBytes ? ErrorCode.TELEMETRY_TOO_LARGE : ErrorCode.NONE;
  }

  #receive(
    { clientInstanceId, terminating, compressionType, metrics: packed }: TelemetryPush,
    client: TelemetryClient,
  ): number {
    const receiver = this.#receiver();
    if (receiver === undefined) return ErrorCode.NONE;
    const metrics = unpack(compressionType, packed, Math.max(MAX_UNPACKED_BYTES, this.#maxBytes));
    const metricCount = metrics === undefined ? undefined : countMetrics(metrics);
    if (metrics === undefined || metricCount === undefined) return ErrorCode.INVALID_RECORD;
    const { clientId, connection } = client;
    receiver({
      clientId,
      clientInstanceId,
      clientAddress: connection.clientAddress,
      terminating,
      metricCount,
      metrics,
    });
    return ErrorCode.NONE;
  }

  /** The instance as it is known, or made anew where its subscriptions are out of date. */
  #instance(id: string, client: TelemetryClient): Instance {
    this.#readSubscriptions();
    const now = this.#clock.elapsed();
    let instance = this.#instances.get(id);
    if (instance === undefined || instance.version < this.#version || instance.expiresMs <= now) {
      instance = this.#create(id, client);
      this.#forgetWith(client.connection, id);
    }
    instance.expiresMs = now + Math.max(INTERVALS_KEPT * instance.pushIntervalMs, MIN_EXPIRY_MS);
    this.#instances.delete(id);
    this.#instances.set(id, instance);
    for (const [oldest] of this.#instances) {
      if (this.#instances.size <= MAX_INSTANCES) break;
      this.#instances.delete(oldest);
    }
    return instance;
  }

  #forgetWith(connection: ConnectionContext, id: string): void {
    // One listener per connection, however many ids it makes up.
    if (!this.#spokenFor.has(connection))
      connection.onClosed(() => this.#instances.delete(this.#spokenFor.get(connection) ?? ''));
    this.#spokenFor.set(connection, id);
  }

  #create(id: string, { clientId, connection }: TelemetryClient): Instance {
    const attributes: Readonly<Record<string, string | null>> = {
      client_instance_id: id,
      client_id: clientId,
      client_software_name: connection.clientSoftware.name,
      client_software_version: connection.clientSoftware.version,
      client_source_address: connection.clientAddress,
      client_source_port: String(connection.clientPort),
    };
    const isMatch = ({ match }: ClientMetricsConfig): boolean =>
      match.every(({ attribute, pattern }) => {
        const value = attributes[attribute] ?? null;
        return value !== null && pattern.test(value);
      });
    const matching = this.#subscriptions.map(([, config]) => config).filter(isMatch);
    const named = new Set(matching.flatMap(({ metrics }) => metrics));
    const requestedMetrics = named.has(EVERY_METRIC) ? [EVERY_METRIC] : [...named].sort();
    const pushIntervalMs = Math.min(LONGEST_INTERVAL_MS, ...matching.map(({ intervalMs }) => intervalMs));
    return {
      id,
      version: this.#version,
      subscriptionId: subscriptionIdOf(requestedMetrics, pushIntervalMs, id),
      pushIntervalMs,
      requestedMetrics,
      lastGetMs: -Infinity,
      lastPushMs: -Infinity,
      lastError: ErrorCode.NONE,
      terminating: false,
      expiresMs: Infinity,
    };
  }

  /** A change of one subscription makes every client ask again. */
  #readSubscriptions(): void {
    const { configs } = this.#image();
    if (configs === this.#seen) return;
    this.#seen = configs;
    const values = [...configs]
      .filter(([{ type }]) => type === ConfigResourceType.clientMetrics)
      .map(([, each]) => each);
    const before = new Set(this.#subscriptions.map(([each]) => each));
    const isSame = values.length === before.size && values.every((each) => before.has(each));
    if (isSame) return;
    this.#subscriptions = values.map((each) => [each, clientMetricsConfig(each)]);
    this.#version++;
  }
}

function unpack(compressionType: number, packed: Buffer, maxBytes: number): Buffer | undefined {
  const type = COMPRESSION_TYPES[compressionType];
  if (type === undefined) return undefined;
  try {
    return decompress(type, packed, maxBytes);
  } catch {
    return undefined;
  }
}

/** The same subscription of the same instance has the same id on every broker of ours. */
function subscriptionIdOf(metrics: readonly string[], intervalMs: number, id: string): number {
  const bytes = Buffer.from(id, 'base64url');
  const idHash = bytes.readInt32BE(0) ^ bytes.readInt32BE(4) ^ bytes.readInt32BE(8) ^ bytes.readInt32BE(12);
  return (crc32c(Buffer.from(`[${metrics.join(', ')}]${intervalMs}`)) | 0) ^ idHash;
}

/** The name in `metric.reporters` that switches client telemetry on: Kafka takes classes there that implement ClientTelemetry. */
export const TELEMETRY_LOG_REPORTER = 'ottla.ClientTelemetryLog';

/** A receiver that tells the log who pushed how much. */
export function loggingReceiver(logger: Logger): TelemetryReceiver {
  return ({ clientId, clientInstanceId, clientAddress, terminating, metricCount }) =>
    logger.info('client metrics received', {
      clientId,
      clientInstanceId,
      address: clientAddress,
      terminating,
      metricCount,
    });
}
