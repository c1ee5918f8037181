import type { Properties } from './broker-config.ts';
import { brokerConfigs } from './broker-configs.ts';
import { groupConfigs } from './group-config.ts';
import { topicConfigs } from './topic-config.ts';

/**
 * What a single node needs beyond Kafka's defaults, and what the properties file that Apache Kafka ships for one says.
 * Lay it under what the user says.
 */
export const standaloneProperties: Properties = new Map([
  ['node.id', '1'],
  ['process.roles', 'broker,controller'],
  ['controller.listener.names', 'CONTROLLER'],
  ['offsets.topic.replication.factor', '1'],
  ['transaction.state.log.replication.factor', '1'],
  ['transaction.state.log.min.isr', '1'],
  ['share.coordinator.state.topic.replication.factor', '1'],
  ['share.coordinator.state.topic.min.isr', '1'],
  ['group.initial.rebalance.delay.ms', '0'],
]);

/** Puts properties of several sources together; what a later source says counts. */
export function mergeProperties(...sources: readonly Properties[]): Map<string, string> {
  return new Map(sources.flatMap((source) => [...source]));
}

const tables = { broker: brokerConfigs, topic: topicConfigs, group: groupConfigs } as const;

/** Names among these that Ottla knows but does not act on yet, so that start can say so once. */
export function unobeyed(properties: Properties, kind: keyof typeof tables = 'broker'): string[] {
  return [...properties.keys()].filter((name) => tables[kind].get(name)?.obeyed === false).sort();
}

/** Broker configs whose names look like this one that nobody knows, nearest first, three at most. */
export function nearNames(unknown: string): string[] {
  const wanted = unknown.trim().toLowerCase().slice(0, 100);
  const limit = Math.max(2, Math.floor(wanted.length / 5));
  return [...brokerConfigs.values()]
    .filter(({ name, internal }) => !internal && Math.abs(name.length - wanted.length) <= limit)
    .map(({ name }) => ({ name, distance: editDistance(wanted, name) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** The words for a config that Kafka does not have. */
export function unknownConfigMessage(name: string): string {
  const near = nearNames(name);
  const hint = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
  return `there is no broker config called ${name}${hint}`;
}

/** Insertions, deletions and replacements needed to make one text of the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
