import assert from 'node:assert/strict';

/** What kind of names a client has for Kafka's errors: the protocol's, Java's exceptions, librdkafka's. */
export type Wording = 'protocol' | 'java' | 'librdkafka';

type Names = readonly [protocol: string, java: string, librdkafka: string, librdkafkaInWords: string];

/** The errors that the suite provokes, by code. */
const names: Readonly<Record<number, Names>> = {
  1: ['OFFSET_OUT_OF_RANGE', 'OffsetOutOfRangeException', 'OFFSET_OUT_OF_RANGE', 'Offset out of range'],
  3: [
    'UNKNOWN_TOPIC_OR_PARTITION',
    'UnknownTopicOrPartitionException',
    'UNKNOWN_TOPIC_OR_PART',
    'Unknown topic or partition',
  ],
  10: ['MESSAGE_TOO_LARGE', 'RecordTooLargeException', 'MSG_SIZE_TOO_LARGE', 'Message size too large'],
  17: ['INVALID_TOPIC_EXCEPTION', 'InvalidTopicException', 'TOPIC_EXCEPTION', 'Invalid topic'],
  25: ['UNKNOWN_MEMBER_ID', 'UnknownMemberIdException', 'UNKNOWN_MEMBER_ID', 'Unknown member'],
  32: ['INVALID_TIMESTAMP', 'InvalidTimestampException', 'INVALID_TIMESTAMP', 'Invalid timestamp'],
  36: ['TOPIC_ALREADY_EXISTS', 'TopicExistsException', 'TOPIC_ALREADY_EXISTS', 'Topic already exists'],
  37: ['INVALID_PARTITIONS', 'InvalidPartitionsException', 'INVALID_PARTITIONS', 'Invalid number of partitions'],
  38: [
    'INVALID_REPLICATION_FACTOR',
    'InvalidReplicationFactorException',
    'INVALID_REPLICATION_FACTOR',
    'Invalid replication factor',
  ],
  39: [
    'INVALID_REPLICA_ASSIGNMENT',
    'InvalidReplicaAssignmentException',
    'INVALID_REPLICA_ASSIGNMENT',
    'Invalid replica assignment',
  ],
  40: ['INVALID_CONFIG', 'InvalidConfigurationException', 'INVALID_CONFIG', 'Configuration is invalid'],
  68: ['NON_EMPTY_GROUP', 'GroupNotEmptyException', 'NON_EMPTY_GROUP', 'The group is not empty'],
  69: ['GROUP_ID_NOT_FOUND', 'GroupIdNotFoundException', 'GROUP_ID_NOT_FOUND', 'The group id does not exist'],
  82: [
    'FENCED_INSTANCE_ID',
    'FencedInstanceIdException',
    'FENCED_INSTANCE_ID',
    'Static consumer fenced by other consumer with same group.instance.id',
  ],
  84: [
    'ELECTION_NOT_NEEDED',
    'ElectionNotNeededException',
    'ELECTION_NOT_NEEDED',
    'Leader election not needed for topic partition',
  ],
  86: [
    'GROUP_SUBSCRIBED_TO_TOPIC',
    'GroupSubscribedToTopicException',
    'GROUP_SUBSCRIBED_TO_TOPIC',
    'Deleting offsets of a topic while the consumer group is subscribed to it',
  ],
  87: ['INVALID_RECORD', 'InvalidRecordException', 'INVALID_RECORD', 'Broker failed to validate record'],
  90: [
    'PRODUCER_FENCED',
    'ProducerFencedException',
    'PRODUCER_FENCED',
    'There is a newer producer with the same transactionalId which fences the current one',
  ],
};

/** The code of the broker's error that librdkafka tells in words: `Broker: Offset out of range`. */
export function codeInWords(message: string): number | undefined {
  const found = Object.entries(names).find(([, [, , , words]]) => message.includes(`Broker: ${words}`));
  return found === undefined ? undefined : Number(found[0]);
}

/** Checks that a client's message tells its user which error it was. */
export function namesError(wording: Wording, code: number, message: string): void {
  const [protocol, java, ...librdkafka] = names[code] ?? assert.fail(`the suite has no name for error ${code}`);
  const accepted = { protocol: [protocol], java: [java], librdkafka }[wording];
  assert.ok(
    accepted.some((name) => message.includes(name)),
    `the client should name ${accepted.join(' or ')}, but says ${message}`,
  );
}
