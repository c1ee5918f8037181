import { assert } from '../base/index.ts';
import type { BrokerRegistrationChangeRecord, RegisterBrokerRecord } from '../wire/messages/index.ts';

export interface Endpoint {
  /** The listener's name: PLAINTEXT, INTERNAL, ... */
  readonly listener: string;
  readonly host: string;
  readonly port: number;
  /** Kafka's number: 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL. */
  readonly securityProtocol: number;
}

export interface SupportedFeature {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

/** A broker as it registered. */
export interface Broker {
  readonly id: number;
  readonly epoch: number;
  /** Uuid of the process: a restart gets a new one. */
  readonly incarnationId: string;
  readonly endpoints: readonly Endpoint[];
  readonly supportedFeatures: readonly SupportedFeature[];
  readonly rack: string | null;
  /** Fenced brokers lead nothing and are shown to no client. */
  readonly fenced: boolean;
  readonly inControlledShutdown: boolean;
  /** Uuids of its log directories. */
  readonly directories: readonly string[];
  readonly cordonedDirectories: readonly string[];
}

export type Brokers = ReadonlyMap<number, Broker>;

/** Collects records about brokers over the brokers of one moment. */
export class BrokersDelta {
  readonly #before: Brokers;
  readonly #changed = new Map<number, Broker | undefined>();

  constructor(before: Brokers) {
    this.#before = before;
  }

  /** Broker by id as it is afterwards; undefined where it unregistered. */
  get changed(): ReadonlyMap<number, Broker | undefined> {
    return this.#changed;
  }

  register(record: RegisterBrokerRecord): void {
    this.#changed.set(record.brokerId, {
      id: record.brokerId,
      epoch: record.brokerEpoch,
      incarnationId: record.incarnationId,
      endpoints: record.endPoints.map(({ name, host, port, securityProtocol }) => ({
        listener: name,
        host,
        port,
        securityProtocol,
      })),
      supportedFeatures: record.features.map(({ name, minSupportedVersion, maxSupportedVersion }) => ({
        name,
        min: minSupportedVersion,
        max: maxSupportedVersion,
      })),
      rack: record.rack,
      fenced: record.fenced,
      inControlledShutdown: record.inControlledShutdown,
      directories: record.logDirs,
      cordonedDirectories: record.cordonedLogDirs ?? [],
    });
  }

  unregister(id: number): void {
    this.#changed.set(id, undefined);
  }

  change(record: BrokerRegistrationChangeRecord): void {
    const before = this.#current(record.brokerId, record.brokerEpoch);
    this.#changed.set(before.id, {
      ...before,
      fenced: record.fenced === 0 ? before.fenced : record.fenced === 1,
      inControlledShutdown: record.inControlledShutdown === 1 || before.inControlledShutdown,
      directories: record.logDirs.length > 0 ? record.logDirs : before.directories,
      cordonedDirectories: record.cordonedLogDirs ?? before.cordonedDirectories,
    });
  }

  setFenced(id: number, epoch: number, fenced: boolean): void {
    this.#changed.set(id, { ...this.#current(id, epoch), fenced });
  }

  apply(): Brokers {
    if (this.#changed.size === 0) return this.#before;
    const after = new Map(this.#before);
    for (const [id, broker] of this.#changed) {
      if (broker === undefined) after.delete(id);
      else after.set(id, broker);
    }
    return after;
  }

  #current(id: number, epoch: number): Broker {
    const broker = this.#changed.has(id) ? this.#changed.get(id) : this.#before.get(id);
    assert(broker !== undefined && broker.epoch === epoch, `broker ${id} is registered with epoch ${epoch}`);
    return broker;
  }
}
