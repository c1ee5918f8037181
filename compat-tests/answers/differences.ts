/** A difference from Apache Kafka that we mean. */
export interface Difference {
  /** The conversations and questions it shows in: `API vN title: question`. */
  readonly where: RegExp;
  /** The fields that differ; no path means the whole answer. */
  readonly path: RegExp;
  readonly what: string;
  readonly apache: string;
  readonly ottla: string;
  readonly reason: string;
}

/** Every difference that is meant. One that is not seen any more makes the suite fail, like one that is not listed. */
export const differences: readonly Difference[] = [
  {
    where: /^ApiVersions v\d (who asks|.*made from the schema)/,
    path: /^(apiKeys\.\d+|(supported|finalized)Features\.[a-z.]+)$/,
    what: 'ApiVersions: the APIs and features told',
    apache: 'all of them',
    ottla: 'those that are served',
    reason: 'what is not served yet is not told to clients, so that they do without it',
  },
  {
    where: /^Metadata v\d+ (a topic that is made when asked for: the first time|made from the schema: .* nobody)/,
    path: /^topics/,
    what: 'Metadata: a topic that is created because it was asked for',
    apache: 'UNKNOWN_TOPIC_OR_PARTITION; a later request finds it',
    ottla: 'the topic, ready for use',
    reason: 'ready means ready: some clients do not ask again',
  },
  {
    where: /^FindCoordinator v\d what is not served/,
    path: /./,
    what: 'FindCoordinator: share groups',
    apache: 'their coordinator, or what it answers',
    ottla: 'INVALID_REQUEST with a message',
    reason: 'they are not served yet, and a client should hear of it at once',
  },
  {
    where: /^ListConfigResources v1 all/,
    path: /^configResources\.__share_group_state$/,
    what: 'ListConfigResources: the topic of share groups',
    apache: 'there once someone has asked for them',
    ottla: 'not there',
    reason: 'not served yet, as above',
  },
  {
    where: /^Produce v\d+ records that Apache Kafka judges otherwise: (said to be snappy|gzip that breaks off)/,
    path: /errorCode$|baseOffset$/,
    what: 'Produce: a batch whose compressed records begin as they should and cannot be unpacked',
    apache: 'UNKNOWN_SERVER_ERROR',
    ottla: 'the same where the topic’s rules make the broker look inside; else stored as it came',
    reason: 'nothing is unpacked unless a rule needs it; the crc tells what the network has damaged',
  },
  {
    where: /^Produce v\d+ records that Apache Kafka judges otherwise: offset deltas/,
    path: /errorCode$|baseOffset$/,
    what: 'Produce: an uncompressed batch whose offset deltas do not rise one by one',
    apache: 'stored',
    ottla: 'INVALID_RECORD',
    reason: 'consumers would see offsets twice or out of order',
  },
  {
    where: /^Produce v\d+ null for records/,
    path: /^$/,
    what: 'Produce: null for records',
    apache: 'never answers',
    ottla: 'INVALID_RECORD',
    reason: 'a connection that waits for ever helps nobody',
  },
  {
    where: /^JoinGroup v\d what Apache Kafka fails on/,
    path: /^$/,
    what: 'JoinGroup: a consumer’s subscription that cannot be read, or a protocol named twice',
    apache: 'never answers',
    ottla: 'lets the member in',
    reason: 'a connection that waits for ever helps nobody, and its group less',
  },
  {
    where: /^AlterConfigs v\d topics: the same resource twice/,
    path: /^$/,
    what: 'AlterConfigs: a resource named twice',
    apache: 'never answers',
    ottla: 'INVALID_REQUEST for each, as IncrementalAlterConfigs has it',
    reason: 'a connection that waits for ever helps nobody',
  },
  {
    where: /^AddPartitionsToTxn v[45] what Apache Kafka never answers/,
    path: /^$/,
    what: 'AddPartitionsToTxn: no transactions',
    apache: 'never answers',
    ottla: 'no results',
    reason: 'a connection that waits for ever helps nobody',
  },
  {
    where: /^WriteTxnMarkers v\d what Apache Kafka never answers/,
    path: /^$/,
    what: 'WriteTxnMarkers: a partition named twice for one marker',
    apache: 'never answers',
    ottla: 'what became of the marker, once',
    reason: 'a connection that waits for ever helps nobody',
  },
  {
    where: /^Fetch v\d+ aborted transactions: read at isolation level 1/,
    path: /abortedTransactions/,
    what: 'Fetch: the order of aborted transactions',
    apache: 'that of their markers',
    ottla: 'that of their first offsets',
    reason: 'some clients rely on it, and read aborted records where it is another',
  },
  {
    where: /^DescribeConfigs v\d other resources: this broker/,
    path: /configs\.(advertised\.listeners|listeners|listener\.security\.protocol\.map|controller\.[a-z.]+|log\.dirs?|node\.id|broker\.id|process\.roles)\.(value|configSource|synonyms)/,
    what: 'DescribeConfigs: where a broker listens and keeps its data, and who its controllers are',
    apache: 'of a node that was started with a properties file',
    ottla: 'of a node that was started with flags',
    reason: 'they were not started alike',
  },
  {
    where: /^DescribeTopicPartitions v0 made from the schema: cursor.partitionIndex 2147483647/,
    path: /^nextCursor/,
    what: 'DescribeTopicPartitions: a page that begins beyond the last partition there could be',
    apache: 'a cursor that points to a negative partition',
    ottla: 'no cursor',
    reason: 'a number that overflows; Apache Kafka refuses that cursor itself',
  },
  {
    where: /^DescribeQuorum v2 one voter: where they listen/,
    path: /^names/,
    what: 'DescribeQuorum v2: where the voter listens',
    apache: 'its CONTROLLER listener',
    ottla: 'nowhere, unless controller.quorum.voters names this node',
    reason: 'the controller of a single node is reached in process',
  },
];

/** The table for people. */
export function differencesPage(): string {
  const rows = differences.map(({ what, apache, ottla, reason }) => `| ${what} | ${apache} | ${ottla} | ${reason} |`);
  return [
    '# Where Ottla answers otherwise than Apache Kafka',
    '',
    'Every API that Ottla serves is asked at every version beside Apache Kafka 4.3.0, and the answers are compared field by',
    'field (`compat-tests/answers/run`). What is listed here is meant; anything else that differs is a bug.',
    '',
    '| What | Apache Kafka 4.3 | Ottla | Why |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    'Never compared, because no two brokers agree on them: ids that a broker makes up (topics, members, producers, fetch',
    'sessions, the cluster), ports, times of today, the order of lists that have none, and the wording of messages; only',
    'whether there is one is.',
    '',
  ].join('\n');
}
