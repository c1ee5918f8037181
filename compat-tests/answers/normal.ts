import { ZERO_UUID } from '../../src/base/index.ts';
import type { Field, Message, Shape } from '../../src/wire/index.ts';
import { describeBatches, time } from './batches.ts';
import type { Said } from './fit.ts';

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Where a broker of these tests listens, and keeps its data. */
const address = /127\.0\.0\.1:\d+/g;
const folder = /\/\S*\/ottla-compat-\w+/g;

/**
 * Names what two brokers choose differently by order of appearance, so that answers can be compared: where one broker
 * says the same id twice, so must the other.
 */
export class Symbols {
  /** What the names of the conversation's own topics and groups begin with. */
  readonly prefix: string;
  readonly #byKind = new Map<string, Map<string, string>>();

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** Text with the ids in it named, those not heard before all alike. */
  known(text: string): string {
    return text.replace(uuid, (each) => this.#byKind.get('id')?.get(each) ?? '<unheard>');
  }

  knownId(topicId: string): string {
    return this.#byKind.get('uuid')?.get(topicId) ?? '<unheard>';
  }

  of(kind: string, value: string): string {
    const known = this.#byKind.get(kind) ?? new Map<string, string>();
    this.#byKind.set(kind, known);
    const symbol = known.get(value) ?? `<${kind} ${known.size + 1}>`;
    known.set(value, symbol);
    return symbol;
  }
}

/** Lists whose order means nothing, with what names an element. */
const unordered: Readonly<Record<string, string>> = {
  'ProduceResponse.responses': 'name',
  'ProduceResponse.responses.partitionResponses': 'index',
  'FetchResponse.responses': 'topic',
  'ListOffsetsResponse.topics': 'name',
  'ListOffsetsResponse.topics.partitions': 'partitionIndex',
  'OffsetForLeaderEpochResponse.topics': 'topic',
  'OffsetForLeaderEpochResponse.topics.partitions': 'partition',
  'MetadataResponse.topics': 'name',
  'MetadataResponse.topics.partitions': 'partitionIndex',
  'CreateTopicsResponse.topics': 'name',
  'CreateTopicsResponse.topics.configs': 'name',
  'DeleteTopicsResponse.responses': 'name',
  'CreatePartitionsResponse.results': 'name',
  'ElectLeadersResponse.replicaElectionResults': 'topic',
  'DescribeConfigsResponse.results': 'resourceName',
  'DescribeConfigsResponse.results.configs': 'name',
  'IncrementalAlterConfigsResponse.responses': 'resourceName',
  'AlterConfigsResponse.responses': 'resourceName',
  'ApiVersionsResponse.apiKeys': 'apiKey',
  'ApiVersionsResponse.supportedFeatures': 'name',
  'ApiVersionsResponse.finalizedFeatures': 'name',
  'JoinGroupResponse.members': 'memberId',
  'ListGroupsResponse.groups': 'groupId',
  'DescribeGroupsResponse.groups': 'groupId',
  'DescribeGroupsResponse.groups.members': 'memberId',
  'ConsumerGroupHeartbeatResponse.assignment.topicPartitions': 'topicId',
  'ConsumerGroupHeartbeatResponse.assignment.topicPartitions.partitions': '',
  'ConsumerGroupDescribeResponse.groups': 'groupId',
  'ConsumerGroupDescribeResponse.groups.members': 'memberId',
  'ConsumerGroupDescribeResponse.groups.members.subscribedTopicNames': '',
  'ConsumerGroupDescribeResponse.groups.members.assignment.topicPartitions': 'topicName',
  'ConsumerGroupDescribeResponse.groups.members.assignment.topicPartitions.partitions': '',
  'ConsumerGroupDescribeResponse.groups.members.targetAssignment.topicPartitions.partitions': '',
  'ConsumerGroupDescribeResponse.groups.members.targetAssignment.topicPartitions': 'topicName',
  'DeleteGroupsResponse.results': 'groupId',
  'OffsetCommitResponse.topics': 'name',
  'OffsetCommitResponse.topics.partitions': 'partitionIndex',
  'OffsetFetchResponse.topics': 'name',
  'OffsetFetchResponse.topics.partitions': 'partitionIndex',
  'OffsetFetchResponse.groups': 'groupId',
  'OffsetFetchResponse.groups.topics': 'name',
  'OffsetFetchResponse.groups.topics.partitions': 'partitionIndex',
  'OffsetDeleteResponse.topics': 'name',
  'OffsetDeleteResponse.topics.partitions': 'partitionIndex',
  'DeleteRecordsResponse.topics': 'name',
  'DeleteRecordsResponse.topics.partitions': 'partitionIndex',
  'DescribeLogDirsResponse.results.topics': 'name',
  'DescribeLogDirsResponse.results.topics.partitions': 'partitionIndex',
  'AlterReplicaLogDirsResponse.results': 'topicName',
  'AlterReplicaLogDirsResponse.results.partitions': 'partitionIndex',
  'DescribeProducersResponse.topics.partitions.activeProducers': 'producerId',
  'ListConfigResourcesResponse.configResources': 'resourceName',
  'DescribeClientQuotasResponse.entries': 'entity',
  'DescribeClientQuotasResponse.entries.entity': 'entityType',
  'DescribeClientQuotasResponse.entries.values': 'key',
  'AlterClientQuotasResponse.entries': 'entity',
  'AlterClientQuotasResponse.entries.entity': 'entityType',
  'DescribeUserScramCredentialsResponse.results': 'user',
  'DescribeUserScramCredentialsResponse.results.credentialInfos': 'mechanism',
  'AlterUserScramCredentialsResponse.results': 'user',
  'GetTelemetrySubscriptionsResponse.requestedMetrics': '',
  'AddPartitionsToTxnResponse.resultsByTopicV3AndBelow': 'name',
  'AddPartitionsToTxnResponse.resultsByTopicV3AndBelow.resultsByPartition': 'partitionIndex',
  'AddPartitionsToTxnResponse.resultsByTransaction': 'transactionalId',
  'AddPartitionsToTxnResponse.resultsByTransaction.topicResults': 'name',
  'AddPartitionsToTxnResponse.resultsByTransaction.topicResults.resultsByPartition': 'partitionIndex',
  'TxnOffsetCommitResponse.topics': 'name',
  'TxnOffsetCommitResponse.topics.partitions': 'partitionIndex',
  'WriteTxnMarkersResponse.markers.topics': 'name',
  'WriteTxnMarkersResponse.markers.topics.partitions': 'partitionIndex',
  'DescribeTransactionsResponse.transactionStates.topics': 'topic',
  'ListTransactionsResponse.transactionStates': 'transactionalId',
};

/** The same for lists of numbers. */
const unorderedNumbers: ReadonlySet<string> = new Set([
  'DescribeTransactionsResponse.transactionStates.topics.partitions',
]);

/** An answer in a form that two brokers can agree on. */
export function normal(message: Message, answer: Said, symbols: Symbols): unknown {
  const told = message.name === 'DescribeLogDirsResponse' ? gathered(answer, symbols.prefix) : answer;
  return normalStruct(message.shape, message.name, told, symbols);
}

/**
 * Where a new partition lies depends on what other conversations have made: theirs are left out, and the own ones all told of
 * the first directory. A conversation that is about places looks for itself.
 */
function gathered(answer: Said, prefix: string): Said {
  const results = (answer['results'] ?? []) as readonly Said[];
  const partitions = new Map<unknown, unknown[]>();
  for (const { name, partitions: some } of results.flatMap(({ topics }) => topics as readonly Said[])) {
    if (!text(name).startsWith(prefix)) continue;
    partitions.set(name, [...(partitions.get(name) ?? []), ...(some as readonly unknown[])]);
  }
  const topics = [...partitions].map(([name, all]) => ({ name, partitions: all }));
  return { ...answer, results: results.map((each, i) => ({ ...each, topics: i === 0 ? topics : [] })) };
}

function normalStruct(shape: Shape, path: string, value: Said, symbols: Symbols): unknown {
  return Object.fromEntries(
    Object.entries(shape).map(([name, field]) => [
      name,
      normalField(field, name, `${path}.${name}`, value[name], symbols),
    ]),
  );
}

function normalField({ spec }: Field, name: string, path: string, value: unknown, symbols: Symbols): unknown {
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) {
    const { element } = spec;
    if (unorderedNumbers.has(path)) return [...(value as number[])].sort((a, b) => a - b);
    const by = unordered[path];
    if (by !== undefined && typeof value[0] === 'number') return (value as number[]).toSorted((a, b) => a - b);
    const list = by === undefined ? (value as unknown[]) : sorted(value as Said[], by, symbols);
    const items = list.map((each) => (element === undefined ? each : normalField(element, name, path, each, symbols)));
    return by === undefined ? items : byName(items as Said[], by);
  }
  if (spec.shape !== undefined) return normalStruct(spec.shape, path, value as Said, symbols);
  if (spec.kind === 'records') return describeBatches(value as Buffer, (kind, id) => symbols.of(kind, id));
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (spec.kind === 'uuid') return value === ZERO_UUID ? ZERO_UUID : symbols.of('uuid', value as string);
  if (typeof value === 'string') return normalText(name, value, symbols);
  if (typeof value === 'number') return normalNumber(name, value, symbols);
  return typeof value === 'bigint' ? String(value) : value;
}

function normalText(name: string, value: string, symbols: Symbols): string {
  if (/errormessage$|documentation/i.test(name) && value !== '' && value !== 'NONE') return '<text>';
  // Apache Kafka's own, where it makes one for a member of a consumer group.
  if (name === 'memberId' && /^[\w-]{22}$/.test(value)) return symbols.of('id', value);
  if (name === 'clusterId') return symbols.of('cluster', value);
  if (name === 'host') return value === '' ? value : '<host>';
  return value
    .replace(address, '<address>')
    .replace(folder, '<folder>')
    .replaceAll(symbols.prefix, '$')
    .replace(uuid, (each) => symbols.of('id', each));
}

function normalNumber(name: string, value: number, symbols: Symbols): number | string {
  if (name === 'port') return value > 0 ? symbols.of('port', String(value)) : value;
  if (name === 'totalBytes' || name === 'usableBytes') return value < 0 ? value : '<space>';
  if (name === 'finalizedFeaturesEpoch') return value < 0 ? value : '<epoch>';
  if (name === 'subscriptionId') return value === 0 ? value : symbols.of('subscription', String(value));
  if (name === 'sessionId') return value === 0 ? value : symbols.of('session', String(value));
  if (name === 'producerId') return value < 0 ? value : symbols.of('producer', String(value));
  return /timestamp|timems$/i.test(name) ? time(value) : value;
}

/** In an order that both brokers have: ids that were not heard before say nothing, so what comes with them decides. */
function sorted(list: readonly Said[], by: string, symbols: Symbols): Said[] {
  const rest = (each: Said): string => JSON.stringify({ ...each, [by]: '' }, plain);
  const keyed = list.map((each): [string, Said] => [
    `${symbols.known(text(each[by]))} ${symbols.knownId(text(each['topicId']))} ${rest(each)}`,
    each,
  ]);
  return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, each]) => each);
}

/** An unordered list as an object; what has the same name twice is counted. */
function byName(list: readonly Said[], by: string): Said {
  const named: Record<string, unknown> = {};
  for (const each of list) {
    const name = text(each[by]);
    let key = name;
    for (let count = 2; key in named; count++) key = `${name} (${count})`;
    named[key] = each;
  }
  return named;
}

/** What names an element; an entity of several parts is named by all of them, in whatever order they stand. */
function text(value: unknown): string {
  if (Array.isArray(value))
    return value
      .map((each) => JSON.stringify(each))
      .sort()
      .join(' ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
const plain = (name: string, value: unknown): unknown =>
  name === 'topicId' ? '' : typeof value === 'bigint' ? String(value) : value;
