/**
 * Records of `__cluster_metadata`. A value is three varints (the version of this framing, the record type, the version of
 * the record) and then the record; keys are null. Control records are framed differently: see `control-records.ts`.
 */
import { codec } from '../../codec.ts';
import { Reader } from '../../reader.ts';
import type { Infer, Input, Message } from '../../schema.ts';
import { withWriter } from '../../whole-message.ts';
import { WireError } from '../../wire-error.ts';
import {
  BrokerRegistrationChangeRecord,
  FenceBrokerRecord,
  RegisterBrokerRecord,
  RegisterControllerRecord,
  UnfenceBrokerRecord,
  UnregisterBrokerRecord,
} from './broker-records.ts';
import { ClientQuotaRecord, ConfigRecord, FeatureLevelRecord } from './config-records.ts';
import {
  AbortTransactionRecord,
  BeginTransactionRecord,
  EndTransactionRecord,
  NoOpRecord,
  ProducerIdsRecord,
  ZkMigrationStateRecord,
} from './controller-records.ts';
import {
  AccessControlEntryRecord,
  DelegationTokenRecord,
  RemoveAccessControlEntryRecord,
  RemoveDelegationTokenRecord,
  RemoveUserScramCredentialRecord,
  UserScramCredentialRecord,
} from './security-records.ts';
import {
  ClearElrRecord,
  PartitionChangeRecord,
  PartitionRecord,
  RemoveTopicRecord,
  TopicRecord,
} from './topic-records.ts';

const FRAMING_VERSION = 1;

const messages = [
  RegisterBrokerRecord,
  UnregisterBrokerRecord,
  TopicRecord,
  PartitionRecord,
  ConfigRecord,
  PartitionChangeRecord,
  FenceBrokerRecord,
  UnfenceBrokerRecord,
  RemoveTopicRecord,
  DelegationTokenRecord,
  UserScramCredentialRecord,
  FeatureLevelRecord,
  ClientQuotaRecord,
  ProducerIdsRecord,
  BrokerRegistrationChangeRecord,
  AccessControlEntryRecord,
  RemoveAccessControlEntryRecord,
  NoOpRecord,
  ZkMigrationStateRecord,
  RemoveUserScramCredentialRecord,
  BeginTransactionRecord,
  EndTransactionRecord,
  AbortTransactionRecord,
  RemoveDelegationTokenRecord,
  RegisterControllerRecord,
  ClearElrRecord,
] as const;

type MetadataMessage = (typeof messages)[number];
type RecordOf<M> = M extends MetadataMessage
  ? { readonly type: M['name']; readonly version: number; readonly value: Infer<M> }
  : never;

/** A record, told apart from the others by `type`: the name of its message. */
export type MetadataRecord = RecordOf<MetadataMessage>;

const byType = new Map<number, Message>(messages.map((message) => [message.apiKey, message]));

/** Throws WireError if the record has no such version or the value cannot be said in it. */
export function encodeMetadataRecord<M extends MetadataMessage>(message: M, version: number, value: Input<M>): Buffer {
  return withWriter((writer) => {
    writer.uvarint(FRAMING_VERSION);
    writer.uvarint(message.apiKey);
    writer.uvarint(version);
    codec<Message>(message, version).encode(writer, value);
    return writer.finishWhole();
  });
}

/**
 * Byte fields are views of `buffer`. Throws WireError for a type or version not known here and for bytes left over: who
 * cannot read the metadata log must not go on.
 */
export function decodeMetadataRecord(buffer: Buffer): MetadataRecord {
  const reader = new Reader(buffer);
  const framing = reader.uvarint();
  if (framing !== FRAMING_VERSION) throw new WireError(`metadata record in framing version ${framing}`);
  const recordType = reader.uvarint();
  const message = byType.get(recordType);
  if (message === undefined) throw new WireError(`metadata record of unknown type ${recordType}`);
  const version = reader.uvarint();
  const value = codec(message, version).decode(reader);
  reader.done();
  return { type: message.name, version, value } as MetadataRecord;
}
