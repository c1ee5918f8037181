import { EventLoopDelay, FileSystemFigures, measuredFileSystem, type Clock, type FileSystem } from './base/index.ts';
import type { Logger } from './base/index.ts';
import {
  brokerPage,
  health,
  MetricsListener,
  type HealthSources,
  type MetricsSettings,
  type MetricsSources,
} from './metrics/index.ts';
import { RequestMetrics } from './server/index.ts';

/** What is measured of a broker, where that is asked for, and how it is shown. */
export class BrokerMetrics {
  /** Undefined where nothing is measured. */
  readonly requests: RequestMetrics | undefined;
  readonly #settings: MetricsSettings;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #fileSystem = new FileSystemFigures();
  readonly #eventLoopDelay: EventLoopDelay;
  #listener: MetricsListener | undefined;

  constructor(settings: MetricsSettings, { clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#settings = settings;
    this.#clock = clock;
    this.#logger = logger;
    this.requests = settings.listener === undefined ? undefined : new RequestMetrics();
    this.#eventLoopDelay = new EventLoopDelay(clock);
  }

  /** The same file system, measured where anything is. */
  measured(fs: FileSystem): FileSystem {
    return this.requests === undefined ? fs : measuredFileSystem(fs, this.#clock, this.#fileSystem);
  }

  /** Begins to show, and resolves to the port: undefined where nothing is asked for, or its port is taken. */
  async show(
    sources: Omit<MetricsSources, 'apis' | 'fileSystem' | 'eventLoopDelay' | 'clock'>,
    healthSources: HealthSources,
  ): Promise<number | undefined> {
    const [{ listener }, { requests }] = [this.#settings, this];
    if (listener === undefined || requests === undefined) return undefined;
    const all: MetricsSources = {
      ...sources,
      apis: () => requests.apis.values(),
      fileSystem: this.#fileSystem,
      eventLoopDelay: this.#eventLoopDelay,
      clock: this.#clock,
    };
    this.#listener = new MetricsListener({
      listener,
      page: () => {
        // Nobody has looked so far, and what nobody looks at is not to cost anything while idle.
        this.#eventLoopDelay.start();
        return brokerPage(all, this.#settings);
      },
      health: () => health(healthSources),
      clock: this.#clock,
      logger: this.#logger,
    });
    return this.#listener.open();
  }

  async close(): Promise<void> {
    this.#eventLoopDelay.stop();
    await this.#listener?.close();
  }
}
