import { every, LogLevels, type Clock, type FileSystem, type Logger, type Random } from './base/index.ts';
import { BrokerMetrics } from './broker-metrics.ts';
import { topicConfig, unobeyed, type BrokerConfig } from './config/index.ts';
import { PartitionedLog, ShardSet } from './coordinator/index.ts';
import {
  acceptLimits,
  cleanerConfig,
  connectionLimits,
  groupsConfig,
  logConfig,
  membershipConfig,
  transactionsConfig,
} from './effective-configs.ts';
import { groupRecordSerializer, groupsMachine } from './groups/index.ts';
import {
  ClusterMetadata,
  ConfigResourceType,
  TRANSACTION_VERSION,
  type Endpoint,
  type MetadataImage,
} from './metadata/index.ts';
import { noMetrics, type MetricsSettings } from './metrics/index.ts';
import { recoveredPartitions, Replicas, type Assignment } from './replication/index.ts';
import {
  BufferPool,
  ClientTelemetry,
  FetchSessions,
  groupCoordinator,
  GROUPS_TOPIC,
  Listeners,
  localMarkers,
  loggingReceiver,
  Pipeline,
  producerIdSource,
  routes,
  TELEMETRY_LOG_REPORTER,
  transactionCoordinator,
  transactionMembership,
  TRANSACTIONS_TOPIC,
} from './server/index.ts';
import { UnusableConfigError } from './settings.ts';
import { LogCleaner, LogDirectories } from './storage/index.ts';
import { transactionRecordSerializer, transactionsMachine, writeMarkers } from './transactions/index.ts';
import { ErrorCode, errorName } from './wire/index.ts';

/** The world a broker runs in: the real one, or a simulated one. */
export interface World {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** A listener to open, and what clients are told of it. */
export interface ListenerPlan {
  readonly name: string;
  /** Empty: all interfaces. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Undefined: not told to anyone. Port 0 is told as the one that was taken. */
  readonly advertised: { readonly host: string; readonly port: number } | undefined;
  /** Kafka's number of the security protocol. */
  readonly securityProtocol: number;
}

/** Where clients reach a listener. */
export interface Address {
  readonly listener: string;
  readonly host: string;
  readonly port: number;
}

/** A broker that serves. */
export interface Broker {
  readonly nodeId: number;
  readonly clusterId: string;
  /** As advertised, in the order of the `listeners` config, with real ports. */
  readonly addresses: readonly Address[];
  /** The cluster as this broker knows it now. */
  image(): MetadataImage;
  /** Where `/metrics` and `/health` are; undefined where they are not shown. */
  readonly metricsPort: number | undefined;
  /** Resolves when the broker can't go on: its disk, or the log of its metadata, is lost. It is to be closed then. */
  readonly failed: Promise<Error>;
  /** Stops serving, writes what is in memory, and lets go of the folder. A second call waits for the first. */
  close(): Promise<void>;
}

/** How large one answer may become, and how much may wait for slow readers before answers are kept small. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;
const MAX_UNSENT_BYTES = 256 * 1024 * 1024;

/** Large buffers kept for reuse while they are in use now and then, bytes. */
const MAX_SPARE_BYTES = 96 * 1024 * 1024;

/** What each part of the broker logs under, beside the root: their levels can be changed (KIP-412). */
const LOGGERS = {
  broker: 'ottla.broker',
  storage: 'ottla.storage',
  network: 'ottla.network',
  metrics: 'ottla.metrics',
  metadata: 'ottla.metadata',
  groups: 'ottla.groups',
  transactions: 'ottla.transactions',
  telemetry: 'ottla.telemetry',
} as const;

/** What has to be taken back when the broker stops, or could not start: last come, first gone. */
class Cleanups {
  readonly #steps: (() => void | Promise<void>)[] = [];

  add(step: () => void | Promise<void>): void {
    this.#steps.push(step);
  }

  async run(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) await step();
  }
}

/**
 * Starts a broker with its controller. Resolves when it serves: internal topics and coordinators are there.
 * Rejects with LogDirectoryError, ListenError or FileError, each of which says what is wrong.
 */
export async function startBroker(
  config: BrokerConfig,
  listeners: readonly ListenerPlan[],
  world: World,
  metrics: MetricsSettings = noMetrics,
): Promise<Broker> {
  const cleanups = new Cleanups();
  try {
    return await start(config, listeners, world, metrics, cleanups);
  } catch (error) {
    await cleanups.run();
    throw error;
  }
}

async function start(
  staticConfig: BrokerConfig,
  plans: readonly ListenerPlan[],
  world: World,
  shown: MetricsSettings,
  cleanups: Cleanups,
): Promise<Broker> {
  const { clock, random } = world;
  const levels = new LogLevels(world.logger, Object.values(LOGGERS));
  const metrics = new BrokerMetrics(shown, { clock, logger: levels.logger(LOGGERS.metrics) });
  const fs = metrics.measured(world.fs);
  // Its page is there until everything else has stopped: that the broker stops is to be seen on it.
  cleanups.add(() => metrics.close());
  const logger = levels.logger(LOGGERS.broker);
  const nodeId = staticConfig.get('node.id');

  let lostMetadata: (error: Error) => void = () => {};
  let config = staticConfig;
  const directories = LogDirectories.open({
    fs,
    clock,
    random,
    logger: levels.logger(LOGGERS.storage),
    paths: staticConfig.get('log.dirs'),
    metadataPath: staticConfig.get('metadata.log.dir'),
    isCordoned: (path) => config.get('cordoned.log.dirs').some((each) => each === path || each === '*'),
    nodeId,
    producerIdExpirationMs: staticConfig.get('producer.id.expiration.ms'),
  });
  const failed = new Promise<Error>((fail) => {
    directories.onLost(fail);
    lostMetadata = fail;
  });
  let lost: Error | undefined;
  void failed.then((error) => (lost = error));
  let brokerEpoch = directories.previousBrokerEpoch;
  cleanups.add(async () => {
    await directories.flushLater();
    directories.close({ brokerEpoch });
  });

  let accept = acceptLimits(staticConfig);
  const pool = new BufferPool(MAX_SPARE_BYTES, clock);
  const listening = new Listeners({
    pool,
    limits: connectionLimits(staticConfig),
    maxQueuedBytes: staticConfig.get('queued.max.request.bytes'),
    accept: () => accept,
    clock,
    logger: levels.logger(LOGGERS.network),
  });
  cleanups.add(() => listening.close());
  const endpoints = await openListeners(listening, plans);

  const cluster = await ClusterMetadata.open({
    fs,
    clock,
    random,
    logger: levels.logger(LOGGERS.metadata),
    directory: `${directories.metadataPath}/__cluster_metadata-0`,
    nodeId,
    clusterId: directories.clusterId,
    logDirectoryIds: directories.directoryIds,
    cordonedDirectoryIds: directories.cordonedIds,
    previousBrokerEpoch: directories.previousBrokerEpoch,
    endpoints,
    onFailed: (error) => lostMetadata(error),
    rack: staticConfig.get('broker.rack'),
    config: new Map(staticConfig.layers.flatMap(({ properties }) => [...properties])),
  });
  cleanups.add(() => cluster.close({ fence: true }));
  brokerEpoch = cluster.image().brokers.get(nodeId)?.epoch;

  config = effectiveConfig(staticConfig, cluster.image(), nodeId);
  const groupRecordBytes = (): number =>
    topicConfig(config, cluster.image().configs.of(ConfigResourceType.topic, GROUPS_TOPIC)).get('max.message.bytes');
  let maxGroupRecordBytes = groupRecordBytes();
  const replicas = new Replicas({
    nodeId,
    directories,
    clock,
    logger: levels.logger(LOGGERS.storage),
    assign: (assignments) => assignReplicas(cluster, nodeId, assignments),
    moveBytesPerSecond: () => config.get('replica.alter.log.dirs.io.max.bytes.per.second') ?? undefined,
    maxMoves: config.get('num.replica.alter.log.dirs.threads'),
    logConfig: (topic, image) => logConfig(config, image.configs.of(ConfigResourceType.topic, topic)),
  });
  let newestTopicAt = cluster.image().position.offset;
  const groupShards = new ShardSet({
    machine: () =>
      groupsMachine(
        groupsConfig(config, {
          config: () => config,
          ofGroup: (groupId) => cluster.image().configs.of(ConfigResourceType.group, groupId),
          maxRecordBytes: () => maxGroupRecordBytes,
        }),
        { random, image: () => cluster.image(), newestTopicAt: () => newestTopicAt },
      ),
    clock,
    logger: levels.logger(LOGGERS.groups),
    topic: GROUPS_TOPIC,
  });
  cleanups.add(() => groupShards.close());
  const partitionCount = (topic: string): number => cluster.image().topics.byName(topic)?.partitions.length ?? 0;
  const groups = groupCoordinator(groupShards, () => partitionCount(GROUPS_TOPIC));
  const transactionVersion = (): number => cluster.image().features.get(TRANSACTION_VERSION) ?? 0;
  const markers = localMarkers({ replicas, groups, clock });
  const transactionShards = new ShardSet({
    machine: () => transactionsMachine(() => transactionsConfig(config, transactionVersion())),
    clock,
    logger: levels.logger(LOGGERS.transactions),
    topic: TRANSACTIONS_TOPIC,
    onLoaded: (partition) => {
      const leader = replicas.leader(TRANSACTIONS_TOPIC, partition);
      if (typeof leader === 'number') return;
      void writeMarkers({
        shard: (request) => transactionShards.request(partition, request),
        channel: markers,
        coordinatorEpoch: leader.leaderEpoch,
        clock,
        logger: levels.logger(LOGGERS.transactions),
      });
    },
  });
  cleanups.add(() => transactionShards.close());
  const transactionRecords = transactionRecordSerializer(transactionVersion);
  replicas.onLeadership({
    elected: (topic, partition, leader) => {
      if (topic === GROUPS_TOPIC)
        groupShards.elected(partition, new PartitionedLog(leader, groupRecordSerializer, clock));
      if (topic === TRANSACTIONS_TOPIC)
        transactionShards.elected(partition, new PartitionedLog(leader, transactionRecords, clock));
    },
    resigned: (topic, partition) => {
      if (topic === GROUPS_TOPIC) groupShards.resigned(partition);
      if (topic === TRANSACTIONS_TOPIC) transactionShards.resigned(partition);
    },
  });
  cleanups.add(() => replicas.close());
  reportFailed(cluster, directories, world);
  const unsubscribe = cluster.subscribe((delta, image) => {
    if (delta.configs.changed.length > 0) {
      config = effectiveConfig(staticConfig, image, nodeId);
      accept = acceptLimits(config);
      listening.admitWaiting();
      maxGroupRecordBytes = groupRecordBytes();
    }
    if (delta.topics.changed.some(({ before }) => before === undefined)) newestTopicAt = image.position.offset;
    const busy = replicas.apply(delta, image);
    if (delta.topics.deleted.length > 0) groups.forgetTopics(delta.topics.deleted.map(({ name }) => name));
    return busy;
  });
  cleanups.add(unsubscribe);
  cleanups.add(reportCordoned(cluster, directories, world));
  const recovered = recoveredPartitions(cluster.image(), nodeId);
  if (recovered.topics.length > 0) await cluster.request('alterPartition', recovered);
  await makeInternalTopics(cluster, config);
  tellUnobeyed(cluster.image(), logger);

  const receiver = loggingReceiver(levels.logger(LOGGERS.telemetry));
  const telemetry = new ClientTelemetry({
    image: () => cluster.image(),
    clock,
    random,
    maxBytes: config.get('telemetry.max.bytes'),
    receiver: () => (config.get('metric.reporters').includes(TELEMETRY_LOG_REPORTER) ? receiver : undefined),
  });
  const producerIds = producerIdSource({ cluster, nodeId, brokerEpoch: () => brokerEpoch ?? -1, logger });
  const transactions = transactionCoordinator(transactionShards, () => partitionCount(TRANSACTIONS_TOPIC), producerIds);
  const sessions = new FetchSessions({
    maxSessions: config.get('max.incremental.fetch.session.cache.slots'),
    clock,
    random,
  });
  const pipeline = new Pipeline(
    routes({
      nodeId,
      cluster,
      replicas,
      directories,
      groups,
      transactions,
      membership: transactionMembership({ transactions, clock, config: () => membershipConfig(config) }),
      markers,
      pool,
      sessions,
      producerIds,
      telemetry,
      clock,
      levels,
      config: () => config,
    }),
    {
      logger: levels.logger(LOGGERS.network),
      clock,
      metrics: metrics.requests,
      maxReplyBytes: MAX_REPLY_BYTES,
      maxUnsentBytes: MAX_UNSENT_BYTES,
    },
  );
  listening.serve(pipeline);
  cleanups.add(() => listening.close());
  for (const stop of schedule(directories, () => config, clock)) cleanups.add(stop);
  let cleaner: LogCleaner | undefined;
  if (config.get('log.cleaner.enable')) {
    const started = new LogCleaner({
      directories: () => directories.online,
      config: () => cleanerConfig(config),
      clock,
      logger,
    });
    started.start();
    cleanups.add(() => started.close());
    cleaner = started;
  }

  let closing: Promise<void> | undefined;
  const metricsPort = await metrics.show(
    {
      nodeId,
      clusterId: directories.clusterId,
      image: () => cluster.image(),
      replicas,
      directories,
      groups: groupShards,
      transactions: transactionShards,
      cleaner: () => cleaner?.figures,
      network: listening.metrics,
      connections: () => listening.connectionsByListener,
      unsentBytes: () => pipeline.outstandingBytes,
      fetchSessions: () => sessions.size,
    },
    {
      offlineDirectories: () =>
        directories
          .describe()
          .filter(({ directory }) => directory === undefined)
          .map(({ absolutePath }) => absolutePath),
      lost: () => lost,
      isShuttingDown: () => closing !== undefined,
    },
  );
  return {
    nodeId,
    clusterId: directories.clusterId,
    addresses: endpoints.map(({ listener, host, port }) => ({ listener, host, port })),
    image: () => cluster.image(),
    metricsPort,
    failed,
    close: () => (closing ??= cleanups.run()),
  };
}

/** Binds every listener, and says what to register. */
async function openListeners(listening: Listeners, plans: readonly ListenerPlan[]): Promise<Endpoint[]> {
  const endpoints: Endpoint[] = [];
  for (const { name, host, port, advertised, securityProtocol } of plans) {
    const bound = await listening.open({ name, host, port });
    if (advertised === undefined) continue;
    endpoints.push({
      listener: name,
      host: advertised.host,
      port: advertised.port === 0 ? bound : advertised.port,
      securityProtocol,
    });
  }
  return endpoints;
}

/** The static configs under the dynamic ones of the metadata log (KIP-226). */
function effectiveConfig(config: BrokerConfig, { configs }: MetadataImage, nodeId: number): BrokerConfig {
  return config.with({
    clusterDefaults: configs.of(ConfigResourceType.broker, ''),
    brokerOverrides: configs.of(ConfigResourceType.broker, String(nodeId)),
  });
}

/** Tells the controller in which log directories replicas lie (KIP-858). */
async function assignReplicas(
  cluster: ClusterMetadata,
  nodeId: number,
  assignments: readonly Assignment[],
): Promise<void> {
  await cluster.request('assignReplicasToDirs', {
    brokerId: nodeId,
    brokerEpoch: cluster.image().brokers.get(nodeId)?.epoch ?? -1,
    directories: assignments.map(({ directoryId: id, topicId, partition }) => ({
      id,
      topics: [{ topicId, partitions: [{ partitionIndex: partition }] }],
    })),
  });
}

/** Tells the controller which log directories fail. */
function reportFailed(cluster: ClusterMetadata, directories: LogDirectories, { clock, logger }: World): void {
  directories.onOffline(({ directoryId, path }) =>
    clock.endOfTurn(() => {
      cluster
        .directoryFailed(directoryId)
        .catch((error: unknown) => logger.warn('the controller was not told of a failed directory', { path, error }));
    }),
  );
}

/** Tells the controller which log directories take no new replicas, when that changes. Returns how to stop. */
function reportCordoned(cluster: ClusterMetadata, directories: LogDirectories, { clock, logger }: World): () => void {
  let told = String(directories.cordonedIds);
  return cluster.subscribe(() => {
    const ids = directories.cordonedIds;
    if (String(ids) === told) return;
    told = String(ids);
    clock.endOfTurn(() => {
      cluster
        .cordon(ids)
        .catch((error: unknown) => logger.warn('the controller was not told of cordoned directories', { error }));
    });
  });
}

/** Configs that were set while running, as far as they are only kept so far; those set at start were named there. */
function tellUnobeyed({ configs }: MetadataImage, logger: Logger): void {
  const kinds = new Map<number, 'broker' | 'topic' | 'group'>([
    [ConfigResourceType.broker, 'broker'],
    [ConfigResourceType.topic, 'topic'],
    [ConfigResourceType.group, 'group'],
  ]);
  const names = new Set<string>();
  for (const [{ type }, values] of configs) {
    const kind = kinds.get(type);
    if (kind !== undefined) for (const name of unobeyed(values, kind)) names.add(name);
  }
  if (names.size > 0) logger.warn(`these configs are kept and not obeyed yet: ${[...names].sort().join(', ')}`);
}

/** The first client must find a coordinator: Apache Kafka makes these topics only when one asks. */
async function makeInternalTopics(cluster: ClusterMetadata, config: BrokerConfig): Promise<void> {
  const wanted = [
    {
      name: GROUPS_TOPIC,
      by: 'offsets.topic',
      numPartitions: config.get('offsets.topic.num.partitions'),
      replicationFactor: config.get('offsets.topic.replication.factor'),
      configs: {
        'compression.type': 'producer',
        'cleanup.policy': 'compact',
        'segment.bytes': String(config.get('offsets.topic.segment.bytes')),
      },
    },
    {
      name: TRANSACTIONS_TOPIC,
      by: 'transaction.state.log',
      numPartitions: config.get('transaction.state.log.num.partitions'),
      replicationFactor: config.get('transaction.state.log.replication.factor'),
      configs: {
        'unclean.leader.election.enable': 'false',
        'compression.type': 'uncompressed',
        'cleanup.policy': 'compact',
        'min.insync.replicas': String(config.get('transaction.state.log.min.isr')),
        'segment.bytes': String(config.get('transaction.state.log.segment.bytes')),
      },
    },
  ].filter(({ name }) => cluster.image().topics.byName(name) === undefined);
  if (wanted.length === 0) return;
  const { topics } = await cluster.request('createTopics', {
    topics: wanted.map(({ name, numPartitions, replicationFactor, configs }) => ({
      name,
      numPartitions,
      replicationFactor,
      assignments: [],
      configs: Object.entries(configs).map(([config, value]) => ({ name: config, value })),
    })),
    timeoutMs: 30_000,
    validateOnly: false,
  });
  const refused = topics.filter(({ errorCode }) => errorCode !== ErrorCode.NONE);
  if (refused.length === 0) return;
  throw new UnusableConfigError(
    refused.map(({ name: topic, errorCode, errorMessage }) => {
      const name = wanted.find((each) => each.name === topic)?.by ?? '';
      const why = errorMessage ?? errorName(errorCode);
      return { name, message: `${topic} cannot be made as the configs ${name}.* say: ${why}` };
    }),
  );
}

/** What log directories need now and then. Returns how to stop each. */
function schedule(directories: LogDirectories, config: () => BrokerConfig, clock: Clock): (() => void)[] {
  // An interval of 0 stands for never.
  const often = (periodMs: number, job: () => void): (() => void) =>
    periodMs > 0 ? every(clock, periodMs, job) : () => {};
  return [
    often(config().get('log.flush.scheduler.interval.ms'), () => directories.flushDue(clock.now())),
    every(clock, config().get('log.retention.check.interval.ms'), () => directories.enforceRetention(clock.now())),
    often(config().get('log.flush.offset.checkpoint.interval.ms'), () => void directories.checkpointLater()),
    often(
      config().get('log.flush.start.offset.checkpoint.interval.ms'),
      () => void directories.checkpointLogStartsLater(),
    ),
    every(clock, config().get('producer.id.expiration.check.interval.ms'), () => {
      for (const log of directories.logs()) log.expireProducers(clock.now(), config().get('producer.id.expiration.ms'));
    }),
  ];
}
