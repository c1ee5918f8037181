import { boolean, double, int, long, string } from './definition.ts';

/** Tiered storage (KIP-405): old segments kept outside the broker. */
export const remoteStorageConfigs = {
  'remote.log.storage.system.enable': boolean({ default: false, doc: 'Use tiered storage at all.' }),
  'remote.log.storage.manager.class.name': string({
    default: null,
    nonEmpty: true,
    doc: 'The Java class that stores segments remotely.',
  }),
  'remote.log.storage.manager.class.path': string({ default: null, doc: 'Where that class is loaded from.' }),
  'remote.log.storage.manager.impl.prefix': string({
    default: 'rsm.config.',
    nonEmpty: true,
    doc: 'Prefix of the configs handed to that class.',
  }),
  'remote.log.metadata.manager.class.name': string({
    default: 'org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager',
    nonEmpty: true,
    doc: 'The Java class that keeps the list of remote segments.',
  }),
  'remote.log.metadata.manager.class.path': string({ default: null, doc: 'Where that class is loaded from.' }),
  'remote.log.metadata.manager.impl.prefix': string({
    default: 'rlmm.config.',
    nonEmpty: true,
    doc: 'Prefix of the configs handed to that class.',
  }),
  'remote.log.metadata.manager.listener.name': string({
    default: null,
    nonEmpty: true,
    doc: 'The listener through which that class reaches this broker.',
  }),
  'remote.log.metadata.custom.metadata.max.bytes': int({
    default: 128,
    min: 0,
    doc: 'Most bytes a storage plugin may attach to a segment.',
  }),
  'remote.log.index.file.cache.total.size.bytes': long({
    default: 1073741824,
    min: 1,
    scope: 'cluster-wide',
    doc: 'Disk space for indexes fetched from remote storage.',
  }),
  'remote.log.index.file.cache.ttl.ms': long({
    default: 900000,
    min: -1,
    internal: true,
    doc: 'A fetched index not used for this long is dropped; -1 means never.',
  }),
  'remote.log.manager.thread.pool.size': int({ default: 2, min: 1, doc: 'Threads that run tiered storage tasks.' }),
  'remote.log.manager.copier.thread.pool.size': int({
    default: 10,
    min: 1,
    scope: 'cluster-wide',
    doc: 'Threads that copy segments to remote storage.',
  }),
  'remote.log.manager.expiration.thread.pool.size': int({
    default: 10,
    min: 1,
    scope: 'cluster-wide',
    doc: 'Threads that delete remote segments past their retention.',
  }),
  'remote.log.manager.follower.thread.pool.size': int({
    default: 2,
    min: 1,
    scope: 'cluster-wide',
    doc: 'Threads that do tiered storage tasks for followers.',
  }),
  'remote.log.manager.task.interval.ms': long({
    default: 30000,
    min: 1,
    doc: 'How often segments to copy or delete are looked for.',
  }),
  'remote.log.manager.task.retry.backoff.ms': long({
    default: 500,
    min: 1,
    internal: true,
    doc: 'First pause before a failed task is tried again.',
  }),
  'remote.log.manager.task.retry.backoff.max.ms': long({
    default: 30000,
    min: 1,
    internal: true,
    doc: 'Longest pause before a failed task is tried again.',
  }),
  'remote.log.manager.task.retry.jitter': double({
    default: 0.2,
    min: 0,
    max: 0.5,
    internal: true,
    doc: 'Random part of that pause, as a fraction.',
  }),
  'remote.log.reader.threads': int({
    default: 10,
    min: 1,
    scope: 'cluster-wide',
    doc: 'Threads that read from remote storage.',
  }),
  'remote.log.reader.max.pending.tasks': int({
    default: 100,
    min: 1,
    doc: 'Remote reads that may wait; beyond that, fetches fail.',
  }),
  'remote.log.manager.copy.max.bytes.per.second': long({
    default: 9223372036854775807n,
    min: 1,
    scope: 'cluster-wide',
    doc: 'Most bytes copied to remote storage per second.',
  }),
  'remote.log.manager.copy.quota.window.num': int({ default: 11, min: 1, doc: 'Samples kept for that quota.' }),
  'remote.log.manager.copy.quota.window.size.seconds': int({
    default: 1,
    min: 1,
    doc: 'Length of a sample for that quota.',
  }),
  'remote.log.manager.fetch.max.bytes.per.second': long({
    default: 9223372036854775807n,
    min: 1,
    scope: 'cluster-wide',
    doc: 'Most bytes fetched from remote storage per second.',
  }),
  'remote.log.manager.fetch.quota.window.num': int({ default: 11, min: 1, doc: 'Samples kept for that quota.' }),
  'remote.log.manager.fetch.quota.window.size.seconds': int({
    default: 1,
    min: 1,
    doc: 'Length of a sample for that quota.',
  }),
  'remote.fetch.max.wait.ms': int({
    default: 500,
    min: 1,
    scope: 'cluster-wide',
    doc: 'How long a fetch waits for remote storage.',
  }),
  'remote.list.offsets.request.timeout.ms': long({
    default: 30000,
    min: 1,
    scope: 'cluster-wide',
    doc: 'How long a search for offsets waits for remote storage.',
  }),
};
