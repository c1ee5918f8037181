/** What is not asked, though the schema would have it. */
export interface Exclusion {
  /** `API vN: question`. */
  readonly question: RegExp;
  readonly reason: string;
}

const neverAnswered = 'Apache Kafka never answers it: a conversation of its own asks, and docs/differences.md lists it';

const everyTopic = 'it is about every topic there is, and Apache Kafka has internal ones that are made later here';

export const exclusions: readonly Exclusion[] = [
  { question: /^Produce v\d+: (default values|one of each)$/, reason: 'acks 0 has no answer' },
  { question: /^Produce v\d+: .*records(: -2 of them|: null| null)$/, reason: neverAnswered },
  { question: /^JoinGroup v\d: protocols the same twice$/, reason: neverAnswered },
  { question: /^AlterConfigs v\d: resources the same twice$/, reason: neverAnswered },
  { question: /^AddPartitionsToTxn v[45]: (default values|transactions empty)$/, reason: neverAnswered },
  {
    question: /^WriteTxnMarkers v\d: markers\[0\]\.topics( the same twice|\[0\]\.partitionIndexes the same twice)$/,
    reason: neverAnswered,
  },
  {
    question: /^TxnOffsetCommit v\d: transactionalId empty$/,
    reason: 'Apache Kafka tells one of two who ask at the same time to try again, and the empty id is everyone’s',
  },
  {
    question: /^CreatePartitions v\d: topics\[0\].assignments: -2 of them$/,
    reason: 'it shifts what follows, and leaves a timeout of a millisecond',
  },
  {
    question: /^DeleteGroups v\d: (one of each|groupsNames\[0\] empty)$/,
    reason: 'the group without a name is everyone’s',
  },
  { question: /^ElectLeaders v\d: topicPartitions( null|: -2 of them)$/, reason: everyTopic },
  { question: /^DescribeTopicPartitions v\d: (default values|topics empty)$/, reason: everyTopic },
];

/** Their answers tell of everything there is, what other conversations are making included. They are asked alone. */
export const tellOfEverything: ReadonlySet<string> = new Set([
  'ListGroups',
  'ListTransactions',
  'Metadata',
  'DescribeTopicPartitions',
  'ElectLeaders',
  'ListConfigResources',
  'DescribeClientQuotas',
  'DescribeUserScramCredentials',
]);
