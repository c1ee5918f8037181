/**
 * What a broker starts with when nobody says otherwise: the settings of the properties file that Apache Kafka ships for a
 * single node. Everything else is Kafka's default.
 */
export const SINGLE_NODE: ReadonlyMap<string, string> = new Map([
  ['process.roles', 'broker,controller'],
  ['node.id', '1'],
  ['controller.listener.names', 'CONTROLLER'],
  ['offsets.topic.replication.factor', '1'],
  ['transaction.state.log.replication.factor', '1'],
  ['transaction.state.log.min.isr', '1'],
  ['share.coordinator.state.topic.replication.factor', '1'],
  ['share.coordinator.state.topic.min.isr', '1'],
  ['group.initial.rebalance.delay.ms', '0'],
]);
