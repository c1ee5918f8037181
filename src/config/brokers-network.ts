import { connectionLimits } from './checks.ts';
import { int, list, long, string } from './definition.ts';

/** Listeners, sockets, connections, and the threads and queues behind them. */
export const networkConfigs = {
  listeners: list({
    default: ['PLAINTEXT://:9092'],
    nonEmpty: true,
    scope: 'per-broker',
    obeyed: true,
    doc: 'The addresses this node listens on, as NAME://host:port entries; an empty host means all interfaces.',
  }),
  'advertised.listeners': list({
    default: null,
    nonEmpty: true,
    obeyed: true,
    doc: 'The addresses told to clients; the listeners themselves unless set.',
  }),
  'listener.security.protocol.map': string({
    default: 'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT',
    scope: 'per-broker',
    obeyed: true,
    doc: 'Which security protocol each listener name speaks, as NAME:PROTOCOL pairs.',
  }),
  'inter.broker.listener.name': string({
    default: null,
    obeyed: true,
    doc: 'The listener over which brokers talk to each other; not together with security.inter.broker.protocol.',
  }),
  'security.inter.broker.protocol': string({
    default: 'PLAINTEXT',
    values: ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'],
    doc: 'The security protocol brokers use among themselves when no inter-broker listener is named.',
  }),
  'early.start.listeners': list({
    default: null,
    doc: 'Listeners that open before the authorizer is ready; the controller listeners unless set.',
  }),
  'socket.request.max.bytes': int({
    default: 104857600,
    min: 1,
    obeyed: true,
    doc: 'Largest request accepted; a connection that announces a larger one is closed.',
  }),
  'socket.listen.backlog.size': int({
    default: 50,
    min: 1,
    obeyed: true,
    doc: 'How many connections may wait to be accepted.',
  }),
  'socket.receive.buffer.bytes': int({
    default: 102400,
    doc: 'Receive buffer of server sockets (SO_RCVBUF); -1 leaves it to the system.',
  }),
  'socket.send.buffer.bytes': int({
    default: 102400,
    doc: 'Send buffer of server sockets (SO_SNDBUF); -1 leaves it to the system.',
  }),
  'socket.connection.setup.timeout.ms': long({
    default: 10000,
    doc: "How long the broker's own outgoing connections may take to open.",
  }),
  'socket.connection.setup.timeout.max.ms': long({
    default: 30000,
    doc: 'Upper bound to which that time grows after repeated failures.',
  }),
  'connections.max.idle.ms': long({ default: 600000, obeyed: true, doc: 'A connection idle for this long is closed.' }),
  'connection.failed.authentication.delay.ms': int({
    default: 100,
    min: 0,
    doc: 'How long the closing of a connection is held back after failed authentication.',
  }),
  'max.connections': int({
    default: 2147483647,
    min: 0,
    scope: 'cluster-wide',
    obeyed: true,
    doc: 'Most connections to this broker, over all listeners; can be set for one listener by its prefix.',
  }),
  'max.connections.per.ip': int({
    default: 2147483647,
    min: 0,
    scope: 'cluster-wide',
    obeyed: true,
    doc: 'Most connections from one address.',
  }),
  'max.connections.per.ip.overrides': string({
    default: '',
    check: connectionLimits,
    scope: 'cluster-wide',
    obeyed: true,
    doc: 'Other limits for single addresses, as host:number pairs.',
  }),
  'max.connection.creation.rate': int({
    default: 2147483647,
    min: 0,
    scope: 'cluster-wide',
    doc: 'Most new connections accepted per second.',
  }),
  'request.timeout.ms': int({ default: 30000, doc: "How long the broker's own requests may stay unanswered." }),
  'queued.max.requests': int({
    default: 500,
    min: 1,
    doc: 'Requests waiting to be handled beyond which nothing more is read from sockets.',
  }),
  'queued.max.request.bytes': long({
    default: -1,
    obeyed: true,
    doc: 'Bytes of waiting requests beyond which nothing more is read; -1 means no limit.',
  }),
  'max.request.partition.size.limit': int({
    default: 2000,
    min: 1,
    obeyed: true,
    doc: 'Most partitions described in one answer to a request that pages.',
  }),
  'num.network.threads': int({ default: 3, min: 1, scope: 'cluster-wide', doc: 'Network threads per listener.' }),
  'num.io.threads': int({ default: 8, min: 1, scope: 'cluster-wide', doc: 'Threads that handle requests.' }),
  'background.threads': int({ default: 10, min: 1, scope: 'cluster-wide', doc: 'Threads for background work.' }),
  'fetch.max.bytes': int({
    default: 57671680,
    min: 1024,
    obeyed: true,
    doc: 'Most bytes answered to one fetch request, at least 1024.',
  }),
  'max.incremental.fetch.session.cache.slots': int({
    default: 1000,
    min: 0,
    obeyed: true,
    doc: 'How many incremental fetch sessions the broker remembers.',
  }),
  'fetch.purgatory.purge.interval.requests': int({
    default: 1000,
    doc: 'Waiting fetches that must complete before the list of them is swept.',
  }),
  'producer.purgatory.purge.interval.requests': int({
    default: 1000,
    doc: 'Waiting produce requests that must complete before the list of them is swept.',
  }),
  'delete.records.purgatory.purge.interval.requests': int({
    default: 1,
    doc: 'Waiting record deletions that must complete before the list of them is swept.',
  }),
};
