/** A broker inside a test process: the same broker, in memory, on a port of its own. */
import {
  diskFileSystem,
  MemoryFileSystem,
  silentLogger,
  systemClock,
  systemRandom,
  type Logger,
} from '../base/index.ts';
import { startBroker as start } from '../broker.ts';
import { settle } from '../settings.ts';

export interface TestBrokerOptions {
  /** Any broker configs of Apache Kafka, e.g. `{ 'auto.create.topics.enable': 'false' }`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Port to listen on; 0, the default, takes any free one. */
  readonly port?: number;
  /** A folder to keep everything in, for tests of restarts. Without one the broker lives in memory. */
  readonly dataDir?: string;
  /** Where the broker tells what it does; nowhere by default. */
  readonly logger?: Logger;
}

export interface TestBroker {
  readonly port: number;
  /** `host:port`, as clients take it. */
  readonly bootstrapServers: string;
  readonly clusterId: string;
  /** Where `/metrics` and `/health` are, with `ottla.metrics.listener` in `config`; its port may be 0. */
  readonly metricsPort: number | undefined;
  /** Closes all connections and lets go of the folder. Calling it again is fine. */
  stop(): Promise<void>;
  /** For `await using broker = await startBroker()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a broker in this process. Resolves when it can be used.
 * Rejects with an error that says what is wrong: a config, a taken port, a folder in use.
 */
export async function startBroker(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const { config = {}, port = 0, dataDir, logger = silentLogger } = options;
  const given = new Map(Object.entries({ listeners: `PLAINTEXT://127.0.0.1:${port}`, ...config }));
  given.set('log.dirs', dataDir ?? '/memory');
  const settled = settle(given, { wildcardHost: 'localhost' });
  const fs = dataDir === undefined ? new MemoryFileSystem() : diskFileSystem;
  const world = { fs, clock: systemClock, random: systemRandom, logger };
  const broker = await start(settled.config, settled.listeners, world, settled.metrics);
  const [address] = broker.addresses;
  if (address === undefined) throw new Error('a broker has a listener');
  const stop = (): Promise<void> => broker.close();
  return {
    port: address.port,
    bootstrapServers: `${address.host}:${address.port}`,
    clusterId: broker.clusterId,
    metricsPort: broker.metricsPort,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
