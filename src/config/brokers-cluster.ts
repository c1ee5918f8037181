import { bootstrapServers, quorumVoters } from './checks.ts';
import { boolean, int, list, long, string } from './definition.ts';

/** What a node is and how it takes part in the cluster: identity, roles, controller quorum, metadata log. */
export const clusterConfigs = {
  'node.id': int({
    required: true,
    min: 0,
    obeyed: true,
    doc: 'The number by which the cluster knows this node; required when roles are given.',
  }),
  'broker.id': int({ default: -1, obeyed: true, doc: "The older name of the node's number; shown equal to node.id." }),
  'broker.rack': string({
    default: null,
    obeyed: true,
    doc: 'The rack (or zone) this broker stands in, for placing replicas apart and for fetching nearby.',
  }),
  'process.roles': list({
    required: true,
    values: ['broker', 'controller'],
    nonEmpty: true,
    obeyed: true,
    doc: 'What this process is: a broker, a controller, or both.',
  }),
  'initial.broker.registration.timeout.ms': int({
    default: 60000,
    doc: 'How long a starting broker tries to register with the controllers before it gives up.',
  }),
  'broker.heartbeat.interval.ms': int({
    default: 2000,
    doc: 'Pause between heartbeats that a broker sends to the controller.',
  }),
  'broker.session.timeout.ms': int({
    default: 9000,
    doc: 'A broker silent for this long is fenced by the controller.',
  }),
  'controlled.shutdown.enable': boolean({
    default: true,
    doc: 'Hand leadership over to other brokers before stopping.',
  }),
  'controller.listener.names': list({
    required: true,
    nonEmpty: true,
    obeyed: true,
    doc: 'Names of the listeners that controllers serve; brokers use the first to reach them.',
  }),
  'controller.socket.timeout.ms': int({
    default: 30000,
    doc: 'Socket timeout of the channels between controller and brokers.',
  }),
  'controller.quorum.voters': list({
    default: [],
    verbatim: true,
    check: quorumVoters,
    doc: 'The static set of controllers, as id@host:port entries.',
  }),
  'controller.quorum.bootstrap.servers': list({
    default: [],
    verbatim: true,
    check: bootstrapServers,
    doc: 'Addresses, as host:port, at which a node first looks for the controller quorum.',
  }),
  'controller.quorum.auto.join.enable': boolean({
    default: false,
    doc: "Let a controller add itself to the quorum's voters when it starts.",
  }),
  'controller.quorum.append.linger.ms': int({
    default: 25,
    min: 0,
    doc: 'How long the quorum leader gathers records before it writes them.',
  }),
  'controller.quorum.election.timeout.ms': int({
    default: 1000,
    min: 0,
    doc: 'Time without word from the quorum leader after which an election begins.',
  }),
  'controller.quorum.election.backoff.max.ms': int({
    default: 1000,
    min: 0,
    doc: 'Upper bound of the growing pause between elections that nobody won.',
  }),
  'controller.quorum.fetch.timeout.ms': int({
    default: 2000,
    min: 0,
    doc: 'Time without a successful fetch after which a voter becomes a candidate, and a leader without followers resigns.',
  }),
  'controller.quorum.fetch.max.bytes': int({
    default: 1048576,
    min: 1,
    doc: 'Most bytes asked for in one fetch of the metadata log; one batch is always returned whole.',
  }),
  'controller.quorum.fetch.snapshot.max.bytes': int({
    default: 1048576,
    min: 1,
    doc: 'Most bytes asked for in one fetch of a metadata snapshot.',
  }),
  'controller.quorum.request.timeout.ms': int({
    default: 2000,
    min: 0,
    doc: 'How long a request within the quorum may stay unanswered.',
  }),
  'controller.quorum.retry.backoff.ms': int({
    default: 20,
    min: 0,
    doc: 'First pause before a request within the quorum is tried again.',
  }),
  'controller.performance.sample.period.ms': long({
    default: 60000,
    min: 100,
    internal: true,
    doc: 'Pause between reports about how long controller events take.',
  }),
  'controller.performance.always.log.threshold.ms': long({
    default: 2000,
    min: 0,
    internal: true,
    doc: 'A controller event slower than this is always logged.',
  }),
  'metadata.log.dir': string({
    default: null,
    obeyed: true,
    doc: 'Directory of the metadata log; the first of log.dirs unless set.',
  }),
  'metadata.log.segment.bytes': int({
    default: 1073741824,
    min: 8388608,
    obeyed: true,
    doc: 'Size at which a segment of the metadata log is closed.',
  }),
  'metadata.log.segment.ms': long({
    default: 604800000,
    obeyed: true,
    doc: 'Age at which a segment of the metadata log is closed.',
  }),
  'metadata.log.max.record.bytes.between.snapshots': long({
    default: 20971520,
    min: 1,
    obeyed: true,
    doc: 'Bytes of metadata records after which a snapshot is taken.',
  }),
  'metadata.log.max.snapshot.interval.ms': long({
    default: 3600000,
    min: 0,
    obeyed: true,
    doc: 'Age of records not yet in a snapshot after which one is taken; 0 leaves it to size alone.',
  }),
  'metadata.max.idle.interval.ms': int({
    default: 500,
    min: 0,
    doc: 'How often an idle active controller writes a no-op record; 0 means never.',
  }),
  'metadata.max.retention.bytes': long({
    default: 104857600,
    doc: 'Size of metadata log and snapshots beyond which the oldest are deleted.',
  }),
  'metadata.max.retention.ms': long({
    default: 604800000,
    doc: 'Age beyond which metadata segments and snapshots are deleted.',
  }),
  'internal.metadata.log.segment.bytes': int({
    default: null,
    internal: true,
    doc: 'For tests: segment size of the metadata log, below the usual minimum.',
  }),
  'internal.metadata.max.batch.size.in.bytes': int({
    default: 8388608,
    internal: true,
    doc: 'For tests: largest batch written to the metadata log.',
  }),
  'internal.metadata.delete.delay.millis': long({
    default: 60000,
    internal: true,
    doc: 'For tests: pause before a metadata file is removed from the disk.',
  }),
  'server.max.startup.time.ms': long({
    default: 9223372036854775807n,
    min: 0,
    internal: true,
    doc: 'For tests: how long the server may take to start.',
  }),
  'unstable.api.versions.enable': boolean({
    default: false,
    internal: true,
    doc: 'For developers: serve versions of APIs that are not final.',
  }),
  'unstable.feature.versions.enable': boolean({
    default: false,
    internal: true,
    doc: 'For developers: allow feature levels that are not final.',
  }),
};
