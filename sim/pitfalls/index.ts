/** Where Kafka-compatible brokers have broken stock clients: one row each, held against Ottla and against Apache Kafka. */
import { consumerGroups } from './consumer-groups.ts';
import { fetch } from './fetch.ts';
import { framing } from './framing.ts';
import { groups, INITIAL_REBALANCE_DELAY_MS } from './groups.ts';
import { metadata } from './metadata.ts';
import { produce } from './produce.ts';
import type { Row, Waiting } from './row.ts';
import { transactions } from './transactions.ts';

export { Stage } from './stage.ts';
export type { Row, Waiting } from './row.ts';

export const rows: readonly Row[] = [
  ...framing,
  ...metadata,
  ...produce,
  ...fetch,
  ...groups,
  ...consumerGroups,
  ...transactions,
];

/** What the broker must be told for the rows to be seen. */
export const brokerConfig: Readonly<Record<string, string>> = {
  'group.consumer.assignment.interval.ms': '0',
  'group.initial.rebalance.delay.ms': String(INITIAL_REBALANCE_DELAY_MS),
  'log.retention.ms': '-1',
};

export const waiting: readonly Waiting[] = [
  { id: 'C-13', what: 'any broker takes CreateTopics and passes it on', for: 'more brokers', api: 58 },
  { id: 'C-44', what: 'share groups without version 0', for: 'share groups', api: 76 },
  { id: 'C-48', what: 'SASL handshakes, and again on the same connection', for: 'SASL', api: 36 },
  { id: 'C-49', what: 'throttled clients get their answer first', for: 'quotas', api: 36 },
];
