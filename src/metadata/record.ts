import { encodeMetadataRecord, type MetadataRecord as WrittenRecord } from '../wire/messages/logs/index.ts';
import * as messages from '../wire/messages/logs/index.ts';

type ValueOf<Type extends WrittenRecord['type']> = Extract<WrittenRecord, { type: Type }>['value'];

export type MetadataRecordType = WrittenRecord['type'];

/** A record of the metadata log with all its fields, whatever version wrote it. */
export type MetadataRecord = {
  [Type in MetadataRecordType]: { readonly type: Type; readonly value: ValueOf<Type> };
}[MetadataRecordType];

/** The record's bytes in the version that metadata.version 30 (4.3-IV0) has for it. Throws WireError for a bad value. */
export function encodeRecord(record: MetadataRecord): Buffer {
  // Type and value belong together, which the compiler can't see through the look-up.
  const message = messages[record.type] as typeof messages.NoOpRecord;
  return encodeMetadataRecord(message, versionOf(record), record.value as Record<string, never>);
}

function versionOf(record: MetadataRecord): number {
  switch (record.type) {
    case 'RegisterBrokerRecord':
      return 4;
    case 'PartitionRecord':
    case 'PartitionChangeRecord':
      return 2;
    case 'BrokerRegistrationChangeRecord': {
      const { cordonedLogDirs, logDirs, inControlledShutdown } = record.value;
      if (cordonedLogDirs !== null) return 3;
      if (logDirs.length > 0) return 2;
      return inControlledShutdown === 0 ? 0 : 1;
    }
    default:
      return 0;
  }
}
