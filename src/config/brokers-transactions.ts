import { boolean, int, short } from './definition.ts';

/** Transactions and their coordinator. */
export const transactionsConfigs = {
  'transaction.max.timeout.ms': int({
    default: 900000,
    min: 1,
    obeyed: true,
    doc: 'Longest transaction timeout a producer may ask for.',
  }),
  'transactional.id.expiration.ms': int({
    default: 604800000,
    min: 1,
    obeyed: true,
    doc: 'A transactional id not used for this long is forgotten.',
  }),
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': int({
    default: 10000,
    min: 1,
    obeyed: true,
    doc: 'How often the coordinator looks for transactions that ran out of time.',
  }),
  'transaction.remove.expired.transaction.cleanup.interval.ms': int({
    default: 3600000,
    min: 1,
    obeyed: true,
    doc: 'How often the coordinator looks for transactional ids to forget.',
  }),
  'transaction.partition.verification.enable': boolean({
    default: true,
    scope: 'cluster-wide',
    obeyed: true,
    doc: 'Check that a partition was added to the transaction before its records are written.',
  }),
  'transaction.two.phase.commit.enable': boolean({
    default: false,
    doc: 'Let an outside coordinator decide over transactions (two-phase commit).',
  }),
  'transaction.state.log.num.partitions': int({
    default: 50,
    min: 1,
    obeyed: true,
    doc: 'Partitions of __transaction_state; not to be changed later.',
  }),
  'transaction.state.log.replication.factor': short({
    default: 3,
    min: 1,
    obeyed: true,
    doc: 'Replicas of __transaction_state.',
  }),
  'transaction.state.log.min.isr': int({
    default: 2,
    min: 1,
    obeyed: true,
    doc: 'min.insync.replicas of __transaction_state.',
  }),
  'transaction.state.log.segment.bytes': int({
    default: 104857600,
    min: 1,
    obeyed: true,
    doc: 'Segment size of __transaction_state; small helps compaction and loading.',
  }),
  'transaction.state.log.load.buffer.size': int({
    default: 5242880,
    min: 1,
    doc: 'Bytes read at a time when transactions are loaded; one batch is always read whole.',
  }),
  'add.partitions.to.txn.retry.backoff.ms': int({
    default: 20,
    min: 1,
    obeyed: true,
    doc: 'First pause before the server tries again to add partitions to a transaction.',
  }),
  'add.partitions.to.txn.retry.backoff.max.ms': int({
    default: 100,
    min: 0,
    obeyed: true,
    doc: 'For how long the server keeps trying to add partitions to a transaction.',
  }),
};
