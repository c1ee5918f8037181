/** What is typed, in turn, on two brokers that are new and know nothing. */
import type { LeftOpen } from './left-open.ts';

const classes = {
  topics: 'org.apache.kafka.tools.TopicCommand',
  configs: 'kafka.admin.ConfigCommand',
  'consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  groups: 'org.apache.kafka.tools.GroupsCommand',
  'get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  'delete-records': 'org.apache.kafka.tools.DeleteRecordsCommand',
  'log-dirs': 'org.apache.kafka.tools.LogDirsCommand',
  'reassign-partitions': 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
  'leader-election': 'org.apache.kafka.tools.LeaderElectionCommand',
  'broker-api-versions': 'org.apache.kafka.tools.BrokerApiVersionsCommand',
  features: 'org.apache.kafka.tools.FeatureCommand',
  'metadata-quorum': 'org.apache.kafka.tools.MetadataQuorumCommand',
  'client-metrics': 'org.apache.kafka.tools.ClientMetricsCommand',
  cluster: 'org.apache.kafka.tools.ClusterTool',
  transactions: 'org.apache.kafka.tools.TransactionsCommand',
  'console-producer': 'org.apache.kafka.tools.ConsoleProducer',
  'console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
} as const;

export type Tool = keyof typeof classes;
export const classOf = (tool: Tool): string => classes[tool];

export interface Command {
  readonly tool: Tool;
  /**
   * `FILE` stands for a file that holds `file`, `SERVER` for the broker, where it does not come first, `PRODUCER` for the
   * id of the producer that left the last transaction open.
   */
  readonly args: readonly string[];
  readonly file?: unknown;
  readonly input?: string;
  /** A transaction that is begun before, and not ended. */
  readonly leftOpen?: LeftOpen;
  /** It only asks: where the answers differ, both are asked again for a while, since Apache Kafka hears of changes later. */
  readonly asksOnly: boolean;
}

const split = (line: string): string[] => line.split(' ').filter((word) => word !== '');

const does = (tool: Tool, line: string, more: Partial<Command> = {}): Command => ({
  tool,
  args: split(line),
  asksOnly: false,
  ...more,
});
const asks = (tool: Tool, line: string, more: Partial<Command> = {}): Command =>
  does(tool, line, { asksOnly: true, ...more });

const partitions = (topic: string, ...indexes: readonly number[]) => ({
  partitions: indexes.map((partition) => ({ topic, partition })),
});
const offsets = (topic: string, ...pairs: readonly (readonly [partition: number, offset: number])[]) => ({
  partitions: pairs.map(([partition, offset]) => ({ topic, partition, offset })),
  version: 1,
});
const reassignment = (topic: string, ...pairs: readonly (readonly [partition: number, replicas: number[]])[]) => ({
  version: 1,
  partitions: pairs.map(([partition, replicas]) => ({
    topic,
    partition,
    replicas,
    log_dirs: replicas.map(() => 'any'),
  })),
});

const topics: readonly Command[] = [
  asks('topics', '--list --exclude-internal'),
  does('topics', '--create --topic orders --partitions 3 --replication-factor 1'),
  does('topics', '--create --topic orders'),
  does('topics', '--create --topic orders --if-not-exists'),
  does('topics', '--create --topic kept --config retention.ms=1000 --config cleanup.policy=compact'),
  does('topics', '--create --topic placed --replica-assignment 1,1'),
  does('topics', '--create --topic bad/name'),
  does('topics', '--create --topic many --partitions 0'),
  does('topics', '--create --topic twice --replication-factor 2'),
  does('topics', '--create --topic odd --config retention.ms=never'),
  does('topics', '--create --topic odd --config no.such.config=1'),
  does('topics', '--create --topic with.dots'),
  asks('topics', '--list --exclude-internal'),
  asks('topics', '--list --topic or.*'),
  asks('topics', '--describe --topic orders'),
  asks('topics', '--describe --topic kept|placed'),
  asks('topics', '--describe --exclude-internal --topics-with-overrides'),
  asks('topics', '--describe --exclude-internal --under-replicated-partitions'),
  asks('topics', '--describe --exclude-internal --unavailable-partitions'),
  asks('topics', '--describe --exclude-internal --at-min-isr-partitions'),
  asks('topics', '--describe --topic nobody'),
  asks('topics', '--describe --topic nobody --if-exists'),
  does('topics', '--alter --topic orders --partitions 4'),
  does('topics', '--alter --topic orders --partitions 2'),
  does('topics', '--alter --topic nobody --partitions 2'),
  asks('topics', '--describe --topic orders'),
  does('topics', '--create --topic gone'),
  does('topics', '--delete --topic gone'),
  does('topics', '--delete --topic nobody'),
];

const records: readonly Command[] = [
  ...['a', 'b', 'c', 'd', 'e'].map((value) =>
    does(
      'console-producer',
      '--topic placed --sync --reader-property parse.key=true --reader-property key.separator=:',
      {
        input: `key:${value}\n`,
      },
    ),
  ),
  asks(
    'console-consumer',
    '--topic placed --from-beginning --max-messages 5 --timeout-ms 8000 --group viewers-1 --formatter-property print.key=true --formatter-property print.partition=true',
  ),
  asks(
    'console-consumer',
    '--topic placed --partition 1 --offset 2 --max-messages 3 --timeout-ms 8000 --formatter-property print.offset=true',
  ),
  asks('get-offsets', '--topic placed'),
  asks('get-offsets', '--topic placed --time earliest'),
  asks('get-offsets', '--topic placed --time -2'),
  asks('get-offsets', '--topic placed --time max-timestamp'),
  asks('get-offsets', '--topic placed --time -4'),
  asks('get-offsets', '--topic placed --time -5'),
  asks('get-offsets', '--topic-partitions orders:0-2,placed:1'),
  asks('get-offsets', '--topic placed --time 1000'),
  asks('get-offsets', '--topic nobody'),
  asks('get-offsets', '--exclude-internal-topics'),
  does('delete-records', '--offset-json-file FILE', { file: offsets('placed', [1, 2]) }),
  does('delete-records', '--offset-json-file FILE', { file: offsets('placed', [1, 99]) }),
  does('delete-records', '--offset-json-file FILE', { file: offsets('nobody', [0, 1]) }),
  asks('get-offsets', '--topic placed --time earliest'),
  asks('console-consumer', '--topic placed --from-beginning --max-messages 3 --timeout-ms 8000 --group viewers-2'),
  does('delete-records', '--offset-json-file FILE', { file: offsets('placed', [1, -1]) }),
  asks('get-offsets', '--topic placed --time earliest'),
  asks('log-dirs', '--describe --topic-list placed,orders'),
  asks('log-dirs', '--describe --topic-list nobody'),
  asks('log-dirs', '--describe --broker-list 1 --topic-list kept'),
  asks('log-dirs', '--describe --broker-list 7 --topic-list kept'),
];

const configs: readonly Command[] = [
  asks('configs', '--describe --entity-type topics --entity-name kept'),
  asks('configs', '--describe --all --entity-type topics --entity-name kept'),
  does(
    'configs',
    '--alter --entity-type topics --entity-name orders --add-config max.message.bytes=2000,cleanup.policy=[compact,delete]',
  ),
  asks('configs', '--describe --entity-type topics --entity-name orders'),
  does('configs', '--alter --entity-type topics --entity-name orders --delete-config max.message.bytes'),
  does('configs', '--alter --entity-type topics --entity-name orders --delete-config no.such.config'),
  does('configs', '--alter --entity-type topics --entity-name orders --add-config retention.ms=never'),
  does('configs', '--alter --entity-type topics --entity-name nobody --add-config retention.ms=1'),
  asks('configs', '--describe --entity-type topics --entity-name orders'),
  asks('configs', '--describe --entity-type topics --entity-name nobody'),
  asks('configs', '--describe --entity-type brokers --entity-name 1'),
  asks('configs', '--describe --all --entity-type brokers --entity-name 1'),
  asks('configs', '--describe --entity-type brokers --entity-default'),
  does('configs', '--alter --entity-type brokers --entity-default --add-config log.retention.ms=123456'),
  does('configs', '--alter --entity-type brokers --entity-name 1 --add-config log.cleaner.threads=2'),
  does('configs', '--alter --entity-type brokers --entity-name 1 --add-config node.id=2'),
  does('configs', '--alter --entity-type brokers --entity-name 9 --add-config log.cleaner.threads=2'),
  asks('configs', '--describe --entity-type brokers --entity-name 1'),
  asks('configs', '--describe --entity-type brokers --entity-default'),
  does('configs', '--alter --entity-type brokers --entity-default --delete-config log.retention.ms'),
  does('configs', '--alter --entity-type brokers --entity-name 1 --delete-config log.cleaner.threads'),
  asks('configs', '--describe --entity-type brokers --entity-name 1'),
  does(
    'configs',
    '--alter --entity-type users --entity-name alice --add-config producer_byte_rate=1000,consumer_byte_rate=2000',
  ),
  does('configs', '--alter --entity-type users --entity-default --add-config request_percentage=50'),
  does('configs', '--alter --entity-type clients --entity-name app --add-config producer_byte_rate=5'),
  does('configs', '--alter --entity-type users --entity-name alice --add-config no_such_quota=5'),
  does('configs', '--alter --entity-type ips --entity-name 127.0.0.9 --add-config connection_creation_rate=10'),
  asks('configs', '--describe --entity-type users --entity-name alice'),
  asks('configs', '--describe --entity-type users'),
  asks('configs', '--describe --entity-type clients'),
  asks('configs', '--describe --entity-type ips'),
  does(
    'configs',
    '--alter --entity-type users --entity-name bob --add-config SCRAM-SHA-256=[iterations=8192,password=secret]',
  ),
  asks('configs', '--describe --entity-type users --entity-name bob'),
  does('configs', '--alter --entity-type users --entity-name bob --delete-config SCRAM-SHA-256'),
  does('configs', '--alter --entity-type users --entity-name bob --delete-config SCRAM-SHA-256'),
  does(
    'configs',
    '--alter --entity-type users --entity-name alice --delete-config producer_byte_rate,consumer_byte_rate',
  ),
  asks('configs', '--describe --entity-type users --entity-name alice'),
  does('configs', '--alter --entity-type groups --entity-name g --add-config consumer.session.timeout.ms=50000'),
  asks('configs', '--describe --entity-type groups --entity-name g'),
  does('configs', '--alter --entity-type groups --entity-name g --add-config consumer.session.timeout.ms=1'),
  does('configs', '--alter --entity-type client-metrics --entity-name m --add-config interval.ms=1000,metrics=[a.b,c]'),
  asks('configs', '--describe --entity-type client-metrics --entity-name m'),
  does('configs', '--alter --entity-type client-metrics --entity-name m --delete-config interval.ms,metrics'),
];

const groups: readonly Command[] = [
  asks('consumer-groups', '--list'),
  does('consumer-groups', '--reset-offsets --group readers --topic orders --to-earliest --execute'),
  does('consumer-groups', '--reset-offsets --group readers --topic placed:1 --to-latest --execute'),
  does('consumer-groups', '--reset-offsets --group readers --topic placed --shift-by -1 --dry-run'),
  does('consumer-groups', '--reset-offsets --group readers --topic placed --to-offset 3 --execute'),
  does('consumer-groups', '--reset-offsets --group readers --topic nobody --to-offset 3 --execute'),
  asks('consumer-groups', '--list'),
  asks('consumer-groups', '--list --state'),
  asks('consumer-groups', '--list --type'),
  asks('consumer-groups', '--list --state Stable'),
  asks('groups', '--list'),
  asks('consumer-groups', '--describe --group readers'),
  asks('consumer-groups', '--describe --group readers --offsets --verbose'),
  asks('consumer-groups', '--describe --group readers --state'),
  asks('consumer-groups', '--describe --group readers --members'),
  asks('consumer-groups', '--describe --all-groups'),
  asks('consumer-groups', '--describe --group nobody'),
  does('console-consumer', '--topic placed --group eaters --from-beginning --timeout-ms 6000'),
  asks('consumer-groups', '--describe --group eaters'),
  does('consumer-groups', '--delete-offsets --group readers --topic orders'),
  does('consumer-groups', '--delete-offsets --group readers --topic nobody'),
  does('consumer-groups', '--delete-offsets --group nobody --topic orders'),
  asks('consumer-groups', '--describe --group readers'),
  does('consumer-groups', '--delete --group readers'),
  does('consumer-groups', '--delete --group nobody'),
  asks('consumer-groups', '--list'),
  does(
    'console-consumer',
    '--topic placed --group modern --from-beginning --timeout-ms 8000 --consumer-property group.protocol=consumer',
  ),
  asks('consumer-groups', '--list --type consumer'),
  asks('consumer-groups', '--list --state empty'),
  asks('groups', '--list --group-type consumer'),
  asks('consumer-groups', '--describe --group modern'),
  asks('consumer-groups', '--describe --group modern --state --verbose'),
  asks('consumer-groups', '--describe --group modern --members --verbose'),
  does('consumer-groups', '--reset-offsets --group modern --topic placed --to-earliest --execute'),
  does('consumer-groups', '--delete-offsets --group modern --topic placed'),
  does('consumer-groups', '--delete --group modern'),
  asks('consumer-groups', '--list --type consumer'),
];

const cluster: readonly Command[] = [
  asks('reassign-partitions', '--generate --broker-list 1 --topics-to-move-json-file FILE', {
    file: { version: 1, topics: [{ topic: 'orders' }] },
  }),
  does('reassign-partitions', '--execute --reassignment-json-file FILE', {
    file: reassignment('orders', [0, [1]], [1, [1]]),
  }),
  asks('reassign-partitions', '--verify --reassignment-json-file FILE', {
    file: reassignment('orders', [0, [1]], [1, [1]]),
  }),
  does('reassign-partitions', '--execute --reassignment-json-file FILE', { file: reassignment('orders', [0, [7]]) }),
  does('reassign-partitions', '--execute --reassignment-json-file FILE', { file: reassignment('nobody', [0, [1]]) }),
  does('reassign-partitions', '--cancel --reassignment-json-file FILE', { file: reassignment('orders', [0, [1]]) }),
  asks('reassign-partitions', '--list'),
  does('leader-election', '--election-type preferred --topic orders --partition 0'),
  does('leader-election', '--election-type unclean --topic orders --partition 0'),
  does('leader-election', '--election-type preferred --topic orders --partition 9'),
  does('leader-election', '--election-type preferred --path-to-json-file FILE', { file: partitions('orders', 0, 1) }),
  does('leader-election', '--election-type preferred --all-topic-partitions'),
  asks('broker-api-versions', ''),
  asks('features', 'describe'),
  does('features', 'upgrade --metadata 4.3-IV0 --dry-run'),
  does('features', 'upgrade --feature metadata.version=99'),
  does('features', 'upgrade --feature no.such.feature=1'),
  does('features', 'downgrade --metadata 3.7-IV0 --dry-run'),
  does('features', 'disable --feature metadata.version'),
  asks('metadata-quorum', 'describe --status'),
  asks('metadata-quorum', 'describe --replication'),
  asks('metadata-quorum', 'describe --replication --human-readable'),
  asks('client-metrics', '--list'),
  does(
    'client-metrics',
    '--alter --name watched --metrics org.apache.kafka.producer. --interval 30000 --match client_id=a.*',
  ),
  does('client-metrics', '--alter --name watched --interval never'),
  asks('client-metrics', '--list'),
  asks('client-metrics', '--describe'),
  asks('client-metrics', '--describe --name watched'),
  asks('client-metrics', '--describe --name nobody'),
  does('client-metrics', '--delete --name watched'),
  asks('client-metrics', '--describe'),
  asks('cluster', 'cluster-id --bootstrap-server SERVER'),
  asks('cluster', 'list-endpoints --bootstrap-server SERVER'),
  asks('cluster', 'list-endpoints --include-fenced-brokers --bootstrap-server SERVER'),
  does('cluster', 'unregister --id 77 --bootstrap-server SERVER'),
  asks('transactions', 'describe-producers --topic placed --partition 1'),
];

const readCommitted = (topic: string, partition: number): Command =>
  asks(
    'console-consumer',
    `--topic ${topic} --partition ${partition} --offset 0 --isolation-level read_committed --max-messages 1 --timeout-ms 3000 --formatter-property print.offset=true`,
  );
const verifyTransactions = (isVerified: boolean): Command =>
  does(
    'configs',
    `--alter --entity-type brokers --entity-default --add-config transaction.partition.verification.enable=${isVerified}`,
  );
/** The key that goes to each of four partitions. */
const keys = ['nine', 'two', 'four', 'one'];
const write = (partition: number, value: string): Command =>
  does('console-producer', '--topic ledger --sync --reader-property parse.key=true', {
    input: `${keys[partition]}\t${value}\n`,
  });
const leaves = (
  transactionalId: string,
  partition: number,
  values: readonly string[],
  isHanging = false,
): LeftOpen => ({
  transactionalId,
  topic: 'ledger',
  partition,
  values,
  isHanging,
});

const transactions: readonly Command[] = [
  does('topics', '--create --topic ledger --partitions 4'),
  asks('transactions', 'list'),
  asks('transactions', 'describe --transactional-id nobody'),
  // Ordinary open transactions: told of, not found to hang, and aborted by who insists.
  asks('transactions', 'list', { leftOpen: leaves('debit-1', 0, ['a', 'b']) }),
  asks('transactions', 'list', { leftOpen: leaves('credit-1', 1, ['c']) }),
  asks('transactions', 'list --duration-filter 1'),
  asks('transactions', 'list --duration-filter 3600000'),
  asks('transactions', 'list --duration-filter never'),
  asks('transactions', 'list --transactional-id-pattern deb.*'),
  asks('transactions', 'list --transactional-id-pattern deb'),
  asks('transactions', 'list --transactional-id-pattern credit-[1-9] --duration-filter 1'),
  asks('transactions', 'list --transactional-id-pattern ('),
  asks('transactions', 'describe --transactional-id debit-1'),
  asks('transactions', 'describe-producers --topic ledger --partition 0'),
  asks('transactions', 'describe-producers --broker-id 1 --topic ledger --partition 0'),
  asks('transactions', 'find-hanging --broker-id 1'),
  asks('transactions', 'find-hanging --topic ledger'),
  asks('transactions', 'find-hanging --topic ledger --partition 0 --max-transaction-timeout 1'),
  write(0, 'after debit'),
  write(1, 'after credit'),
  readCommitted('ledger', 0),
  readCommitted('ledger', 1),
  does('transactions', 'abort --topic ledger --partition 0 --start-offset 1'),
  does('transactions', 'abort --topic ledger --partition 0'),
  does('transactions', 'abort --topic ledger --partition 0 --start-offset 0'),
  asks('transactions', 'describe-producers --topic ledger --partition 0'),
  does('transactions', 'abort --topic ledger --partition 0 --start-offset 0'),
  // A higher epoch than the producer's is believed.
  does(
    'transactions',
    'abort --topic ledger --partition 1 --producer-id PRODUCER --producer-epoch 9 --coordinator-epoch 0',
  ),
  does('transactions', 'abort --topic ledger --partition 1 --producer-id PRODUCER --producer-epoch 0'),
  does(
    'transactions',
    'abort --topic ledger --partition 1 --producer-id PRODUCER --producer-epoch 0 --coordinator-epoch 0',
  ),
  asks('transactions', 'describe-producers --topic ledger --partition 1'),
  readCommitted('ledger', 0),
  readCommitted('ledger', 1),
  // Hanging ones, which their coordinator knows nothing of: found, and aborted.
  verifyTransactions(false),
  asks('transactions', 'find-hanging --topic ledger', { leftOpen: leaves('debit-2', 2, ['d', 'e'], true) }),
  asks('transactions', 'find-hanging --broker-id 1', { leftOpen: leaves('credit-2', 3, ['f'], true) }),
  verifyTransactions(true),
  asks('transactions', 'find-hanging --broker-id 1 --topic ledger --partition 2'),
  asks('transactions', 'find-hanging --broker-id 1 --max-transaction-timeout 2880'),
  asks('transactions', 'find-hanging --partition 2'),
  asks('transactions', 'describe --transactional-id debit-2'),
  asks('transactions', 'describe-producers --topic ledger --partition 2'),
  asks('transactions', 'list --duration-filter 1'),
  write(2, 'after old debit'),
  write(3, 'after old credit'),
  readCommitted('ledger', 2),
  readCommitted('ledger', 3),
  does('transactions', 'abort --topic ledger --partition 2 --start-offset 0'),
  does(
    'transactions',
    'abort --topic ledger --partition 3 --producer-id PRODUCER --producer-epoch 0 --coordinator-epoch 0',
  ),
  asks('transactions', 'describe-producers --topic ledger --partition 2'),
  asks('transactions', 'find-hanging --topic ledger'),
  readCommitted('ledger', 2),
  readCommitted('ledger', 3),
];

export const commands: readonly Command[] = [...topics, ...records, ...configs, ...groups, ...cluster, ...transactions];
