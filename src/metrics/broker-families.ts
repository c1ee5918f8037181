import type { TopicTraffic } from '../replication/index.ts';
import { counter, gauge, histogram, type Family, type Labels } from './family.ts';
import type { MetricsSources } from './sources.ts';

const MS_PER_SECOND = 1_000;

/** What the broker is, holds and takes in as a whole: a bounded number of lines. */
export function brokerFamilies(sources: MetricsSources): readonly Family[] {
  const { nodeId, clusterId, image, replicas, directories, fileSystem, eventLoopDelay } = sources;
  const { traffic } = replicas;
  return [
    gauge('ottla_broker_info', 'The broker and its cluster.', () => [
      [{ node_id: String(nodeId), cluster_id: clusterId }, 1],
    ]),
    counter('ottla_bytes_in_total', 'Bytes of batches that were appended.', () => traffic.bytesIn),
    counter('ottla_records_in_total', 'Records that were appended.', () => traffic.recordsIn),
    counter('ottla_refused_batches_total', 'Batches that were refused.', () => traffic.refused),
    counter('ottla_bytes_out_total', 'Bytes of batches that were read.', () => traffic.bytesOut),
    counter('ottla_records_out_total', 'Offsets that were read.', () => traffic.recordsOut),
    histogram('ottla_batch_bytes', 'Sizes of the batches that were appended.', 1, () => [[{}, traffic.batchBytes]]),
    gauge('ottla_topics', 'Topics of the cluster.', () => image().topics.size),
    gauge('ottla_partitions', 'Partitions of the cluster.', () => image().topics.partitionCount),
    gauge('ottla_replicas', 'Replicas on this broker.', () => replicas.counts.replicas),
    gauge('ottla_leaders', 'Partitions that this broker leads.', () => replicas.counts.leaders),
    gauge('ottla_offline_replicas', 'Replicas whose disk has failed.', () => replicas.counts.offline),
    gauge('ottla_offline_log_directories', 'Log directories that cannot be used.', () => {
      const offline = directories.describe().filter(({ directory }) => directory === undefined);
      return offline.length;
    }),
    gauge('ottla_log_directory_free_bytes', 'Bytes free on the disk of a log directory.', () => freeBytes(sources)),
    histogram('ottla_disk_write_seconds', 'How long writes took, during which the broker waits.', MS_PER_SECOND, () => [
      [{}, fileSystem.writes],
    ]),
    histogram('ottla_disk_sync_seconds', 'How long syncs of files took.', MS_PER_SECOND, () => [
      [{}, fileSystem.syncs],
    ]),
    counter('ottla_disk_written_bytes_total', 'Bytes written to files.', () => fileSystem.writtenBytes),
    counter(
      'ottla_disk_read_bytes_total',
      'Bytes read from files, from the page cache too.',
      () => fileSystem.readBytes,
    ),
    ...cleaningFamilies(sources),
    histogram(
      'ottla_event_loop_delay_seconds',
      'How long what falls due at any moment waits for the event loop.',
      MS_PER_SECOND,
      () => [[{}, eventLoopDelay.histogram]],
    ),
    gauge(
      'ottla_event_loop_delay_max_seconds',
      'The longest of these since the start.',
      () => eventLoopDelay.longestMs / MS_PER_SECOND,
    ),
  ];
}

function* freeBytes({ directories }: MetricsSources): Generator<readonly [Labels, number], void, undefined> {
  for (const { absolutePath, directory } of directories.describe())
    if (directory !== undefined) yield [{ path: absolutePath }, directory.space().freeBytes];
}

function cleaningFamilies({ cleaner, directories }: MetricsSources): readonly Family[] {
  return [
    counter('ottla_compactions_total', 'Compactions of logs.', () => cleaner()?.compactions),
    counter('ottla_compaction_read_bytes_total', 'Bytes that compactions read.', () => cleaner()?.bytesRead),
    counter('ottla_compaction_written_bytes_total', 'Bytes that compactions kept.', () => cleaner()?.bytesWritten),
    counter('ottla_compaction_seconds_total', 'How long compactions took.', () => seconds(cleaner()?.tookMs)),
    gauge('ottla_compaction_max_seconds', 'The longest compaction since the start.', () =>
      seconds(cleaner()?.longestMs),
    ),
    gauge('ottla_compactions_in_progress', 'Logs being compacted now.', () => cleaner()?.inProgress),
    gauge('ottla_uncleanable_logs', 'Logs that cannot be compacted.', () => cleaner()?.uncleanableLogs),
    counter('ottla_retention_deleted_segments_total', 'Segments that retention has deleted.', () => {
      let segments = cleaner()?.retiredSegments ?? 0;
      for (const { directory } of directories.describe()) segments += directory?.retiredSegments ?? 0;
      return segments;
    }),
  ];
}

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / MS_PER_SECOND);

/** What there is of each topic and partition: as many lines as there are of those. */
export function topicFamilies({ replicas }: MetricsSources, { perPartition }: { perPartition: boolean }): Family[] {
  const byTopic = (value: (traffic: TopicTraffic) => number) =>
    function* (): Generator<readonly [Labels, number], void, undefined> {
      // Gathered at once: a topic that is deleted and made again meanwhile would be there twice.
      for (const [topic, traffic] of [...replicas.topicTraffic]) yield [{ topic }, value(traffic)];
    };
  const topics = [
    counter(
      'ottla_topic_bytes_in_total',
      'Bytes of batches appended to a topic.',
      byTopic(({ bytesIn }) => bytesIn),
    ),
    counter(
      'ottla_topic_records_in_total',
      'Records appended to a topic.',
      byTopic(({ recordsIn }) => recordsIn),
    ),
    counter(
      'ottla_topic_refused_batches_total',
      'Batches that a topic refused.',
      byTopic(({ refused }) => refused),
    ),
    counter(
      'ottla_topic_bytes_out_total',
      'Bytes of batches read from a topic.',
      byTopic(({ bytesOut }) => bytesOut),
    ),
    counter(
      'ottla_topic_records_out_total',
      'Offsets read from a topic.',
      byTopic(({ recordsOut }) => recordsOut),
    ),
  ];
  return perPartition ? [...topics, ...partitionFamilies(replicas)] : topics;
}

function partitionFamilies(replicas: MetricsSources['replicas']): readonly Family[] {
  type Log =
    ReturnType<typeof replicas.leaders> extends Iterable<infer Leader extends { log: unknown }> ? Leader['log'] : never;
  const byPartition = (value: (log: Log) => number) =>
    function* (): Generator<readonly [Labels, number], void, undefined> {
      for (const { log } of [...replicas.leaders()])
        yield [{ topic: log.topic, partition: String(log.partition) }, value(log)];
    };
  return [
    gauge(
      'ottla_partition_log_bytes',
      'Bytes in the segments of a partition.',
      byPartition((log) => log.sizeInBytes),
    ),
    gauge(
      'ottla_partition_segments',
      'Segments of a partition.',
      byPartition((log) => log.segmentCount),
    ),
    gauge(
      'ottla_partition_log_start_offset',
      'The first offset of a partition.',
      byPartition((log) => log.logStartOffset),
    ),
    gauge(
      'ottla_partition_log_end_offset',
      'The offset that the next record of a partition gets.',
      byPartition((log) => log.logEndOffset),
    ),
    gauge(
      'ottla_partition_high_watermark',
      'Readers of a partition see what lies below.',
      byPartition((log) => log.highWatermark),
    ),
    gauge(
      'ottla_partition_last_stable_offset',
      'Readers at read committed see what lies below.',
      byPartition((log) => log.lastStableOffset),
    ),
  ];
}
