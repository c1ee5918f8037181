import type { Reading, RecordSerializer } from '../coordinator/index.ts';
import { decodeMessage } from '../wire/index.ts';
import {
  GroupMetadataKey,
  GroupMetadataValue,
  OffsetCommitKey,
  OffsetCommitValue,
} from '../wire/messages/logs/index.ts';
import {
  controlRecordKey,
  controlRecordTypeOf,
  coordinatorEpochOf,
  endTransactionMarker,
} from '../wire/records/index.ts';
import { readConsumerGroupRecord, writeConsumerGroupRecord } from './consumer-group-record-serializer.ts';
import type { GroupRecord } from './group-records.ts';
import { prefixed } from './prefixed.ts';

/** What the first two bytes of a key say: which record this is. */
const RECORD_TYPE = { legacyOffsetCommit: 0, offsetCommit: 1, groupMetadata: 2 } as const;

/** Kafka 4.3 writes version 4 for an offset, 1 when the client gave it a retention, and 3 for a group. */
const GROUP_METADATA_VERSION = 3;
const OFFSET_COMMIT_VERSION = 4;
const OFFSET_COMMIT_VERSION_WITH_EXPIRY = 1;

/**
 * Kafka's records of `__consumer_offsets`: an int16 and a message for the key (its record type) and for the value (its
 * version). Offsets of a transaction and its marker are told by their batches. `fromRecord` answers undefined to record
 * types that are not ours (share and streams groups'),
 * and throws for bytes that are not what their type says.
 */
export const groupRecordSerializer: RecordSerializer<GroupRecord> = {
  toRecord(record) {
    switch (record.type) {
      case 'groupMetadata':
        return {
          key: prefixed(RECORD_TYPE.groupMetadata, GroupMetadataKey, 0, { group: record.groupId }),
          value: record.value && groupMetadataValue(record.value),
        };
      case 'offsetCommit': {
        const { groupId: group, topic, partition } = record;
        return {
          key: prefixed(RECORD_TYPE.offsetCommit, OffsetCommitKey, 0, { group, topic, partition }),
          value: record.value && offsetCommitValue(record.value),
        };
      }
      case 'pendingOffset': {
        const { producerId, producerEpoch, groupId: group, topic, partition, value } = record;
        return {
          key: prefixed(RECORD_TYPE.offsetCommit, OffsetCommitKey, 0, { group, topic, partition }),
          value: offsetCommitValue(value),
          origin: { producerId, producerEpoch, isControl: false },
        };
      }
      case 'transactionMarker': {
        const { producerId, producerEpoch, coordinatorEpoch, isCommit } = record;
        return {
          key: controlRecordKey(isCommit ? 'COMMIT' : 'ABORT'),
          value: endTransactionMarker(coordinatorEpoch),
          origin: { producerId, producerEpoch, isControl: true },
        };
      }
      default:
        return writeConsumerGroupRecord(record);
    }
  },

  fromRecord(key, value, { producerId, producerEpoch, isControl }) {
    if (isControl) return transactionMarker(key, value, producerId, producerEpoch);
    if (key.length < 2) return undefined;
    switch (key.readInt16BE(0)) {
      case RECORD_TYPE.legacyOffsetCommit:
      case RECORD_TYPE.offsetCommit: {
        const { group, topic, partition } = decodeMessage(OffsetCommitKey, 0, key, 2);
        const decoded = value && decodeMessage(OffsetCommitValue, value.readInt16BE(0), value, 2);
        if (producerId < 0 || decoded === null)
          return { type: 'offsetCommit', groupId: group, topic, partition, value: decoded };
        return { type: 'pendingOffset', producerId, producerEpoch, groupId: group, topic, partition, value: decoded };
      }
      case RECORD_TYPE.groupMetadata: {
        const { group } = decodeMessage(GroupMetadataKey, 0, key, 2);
        const decoded = value && decodeMessage(GroupMetadataValue, value.readInt16BE(0), value, 2);
        return { type: 'groupMetadata', groupId: group, value: decoded && owned(decoded) };
      }
      default:
        return readConsumerGroupRecord(key, value);
    }
  },
};

function transactionMarker(
  key: Buffer,
  value: Buffer | null,
  producerId: number,
  producerEpoch: number,
): GroupRecord | undefined {
  const type = controlRecordTypeOf(key);
  if (type !== 'COMMIT' && type !== 'ABORT') return undefined;
  const coordinatorEpoch = coordinatorEpochOf(value);
  return { type: 'transactionMarker', producerId, producerEpoch, coordinatorEpoch, isCommit: type === 'COMMIT' };
}

function groupMetadataValue(value: Reading<GroupMetadataValue>): Buffer {
  return prefixed(GROUP_METADATA_VERSION, GroupMetadataValue, GROUP_METADATA_VERSION, value);
}

function offsetCommitValue(value: Reading<OffsetCommitValue>): Buffer {
  const version = value.expireTimestamp === -1 ? OFFSET_COMMIT_VERSION : OFFSET_COMMIT_VERSION_WITH_EXPIRY;
  return prefixed(version, OffsetCommitValue, version, value);
}

/** Without views of what was read from the log: they would pin it. */
function owned(value: GroupMetadataValue): GroupMetadataValue {
  const members = value.members.map((member) => ({
    ...member,
    subscription: Buffer.from(member.subscription),
    assignment: Buffer.from(member.assignment),
  }));
  return { ...value, members };
}
