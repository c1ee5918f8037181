/** Kafka's records of consumer groups: the type and a key, the version and a value; all of version 0. */
import { decodeMessage, type Input, type Message } from '../wire/index.ts';
import {
  ConsumerGroupCurrentMemberAssignmentKey,
  ConsumerGroupCurrentMemberAssignmentValue,
  ConsumerGroupMemberMetadataKey,
  ConsumerGroupMemberMetadataValue,
  ConsumerGroupMetadataKey,
  ConsumerGroupMetadataValue,
  ConsumerGroupPartitionMetadataKey,
  ConsumerGroupPartitionMetadataValue,
  ConsumerGroupRegularExpressionKey,
  ConsumerGroupRegularExpressionValue,
  ConsumerGroupTargetAssignmentMemberKey,
  ConsumerGroupTargetAssignmentMemberValue,
  ConsumerGroupTargetAssignmentMetadataKey,
  ConsumerGroupTargetAssignmentMetadataValue,
} from '../wire/messages/logs/index.ts';
import type { ConsumerGroupRecord } from './consumer-group-records.ts';
import { prefixed } from './prefixed.ts';

interface Written {
  readonly key: Buffer;
  readonly value: Buffer | null;
}

/** Its key's api key is the record's type. */
function keyOf<M extends Message>(message: M, key: Input<M>): Buffer {
  return prefixed(message.apiKey, message, 0, key);
}

function valueOf<M extends Message>(message: M, value: Input<M> | null): Buffer | null {
  return value && prefixed(0, message, 0, value);
}

export function writeConsumerGroupRecord(record: ConsumerGroupRecord): Written {
  const { groupId } = record;
  switch (record.type) {
    case 'consumerGroup':
      return {
        key: keyOf(ConsumerGroupMetadataKey, { groupId }),
        value: valueOf(ConsumerGroupMetadataValue, record.value),
      };
    case 'consumerGroupPartitionMetadata':
      return {
        key: keyOf(ConsumerGroupPartitionMetadataKey, { groupId }),
        value: valueOf(ConsumerGroupPartitionMetadataValue, record.value),
      };
    case 'consumerGroupMember':
      return {
        key: keyOf(ConsumerGroupMemberMetadataKey, { groupId, memberId: record.memberId }),
        value: valueOf(ConsumerGroupMemberMetadataValue, record.value),
      };
    case 'consumerGroupTarget':
      return {
        key: keyOf(ConsumerGroupTargetAssignmentMetadataKey, { groupId }),
        value: valueOf(ConsumerGroupTargetAssignmentMetadataValue, record.value),
      };
    case 'consumerGroupMemberTarget':
      return {
        key: keyOf(ConsumerGroupTargetAssignmentMemberKey, { groupId, memberId: record.memberId }),
        value: valueOf(ConsumerGroupTargetAssignmentMemberValue, record.value),
      };
    case 'consumerGroupMemberAssignment':
      return {
        key: keyOf(ConsumerGroupCurrentMemberAssignmentKey, { groupId, memberId: record.memberId }),
        value: valueOf(ConsumerGroupCurrentMemberAssignmentValue, record.value),
      };
    case 'consumerGroupRegex':
      return {
        key: keyOf(ConsumerGroupRegularExpressionKey, { groupId, regularExpression: record.regex }),
        value: valueOf(ConsumerGroupRegularExpressionValue, record.value),
      };
  }
}

/** Undefined for records of other kinds. Throws WireError for bytes that are not what their type says. */
export function readConsumerGroupRecord(key: Buffer, value: Buffer | null): ConsumerGroupRecord | undefined {
  switch (key.readInt16BE(0)) {
    case ConsumerGroupMetadataKey.apiKey:
      return {
        type: 'consumerGroup',
        ...decodeMessage(ConsumerGroupMetadataKey, 0, key, 2),
        value: value && decodeMessage(ConsumerGroupMetadataValue, value.readInt16BE(0), value, 2),
      };
    case ConsumerGroupPartitionMetadataKey.apiKey:
      return {
        type: 'consumerGroupPartitionMetadata',
        ...decodeMessage(ConsumerGroupPartitionMetadataKey, 0, key, 2),
        value: value && decodeMessage(ConsumerGroupPartitionMetadataValue, value.readInt16BE(0), value, 2),
      };
    case ConsumerGroupMemberMetadataKey.apiKey:
      return {
        type: 'consumerGroupMember',
        ...decodeMessage(ConsumerGroupMemberMetadataKey, 0, key, 2),
        value: value && owned(decodeMessage(ConsumerGroupMemberMetadataValue, value.readInt16BE(0), value, 2)),
      };
    case ConsumerGroupTargetAssignmentMetadataKey.apiKey:
      return {
        type: 'consumerGroupTarget',
        ...decodeMessage(ConsumerGroupTargetAssignmentMetadataKey, 0, key, 2),
        value: value && decodeMessage(ConsumerGroupTargetAssignmentMetadataValue, value.readInt16BE(0), value, 2),
      };
    case ConsumerGroupTargetAssignmentMemberKey.apiKey:
      return {
        type: 'consumerGroupMemberTarget',
        ...decodeMessage(ConsumerGroupTargetAssignmentMemberKey, 0, key, 2),
        value: value && decodeMessage(ConsumerGroupTargetAssignmentMemberValue, value.readInt16BE(0), value, 2),
      };
    case ConsumerGroupCurrentMemberAssignmentKey.apiKey:
      return {
        type: 'consumerGroupMemberAssignment',
        ...decodeMessage(ConsumerGroupCurrentMemberAssignmentKey, 0, key, 2),
        value: value && decodeMessage(ConsumerGroupCurrentMemberAssignmentValue, value.readInt16BE(0), value, 2),
      };
    case ConsumerGroupRegularExpressionKey.apiKey: {
      const { groupId, regularExpression } = decodeMessage(ConsumerGroupRegularExpressionKey, 0, key, 2);
      return {
        type: 'consumerGroupRegex',
        groupId,
        regex: regularExpression,
        value: value && decodeMessage(ConsumerGroupRegularExpressionValue, value.readInt16BE(0), value, 2),
      };
    }
    default:
      return undefined;
  }
}

/** Without views of what was read from the log: they would pin it. */
function owned(value: ConsumerGroupMemberMetadataValue): ConsumerGroupMemberMetadataValue {
  const { classicMemberMetadata: classic } = value;
  if (classic === null) return value;
  const supportedProtocols = classic.supportedProtocols.map(({ name, metadata }) => ({
    name,
    metadata: Buffer.from(metadata),
  }));
  return { ...value, classicMemberMetadata: { ...classic, supportedProtocols } };
}
