import { CorruptRecordError } from './errors.ts';

/** The types of control records, by the id their keys carry (Kafka's ControlRecordType). */
export const CONTROL_RECORD = {
  ABORT: 0,
  COMMIT: 1,
  LEADER_CHANGE: 2,
  SNAPSHOT_HEADER: 3,
  SNAPSHOT_FOOTER: 4,
  KRAFT_VERSION: 5,
  KRAFT_VOTERS: 6,
} as const;

export type ControlRecordType = keyof typeof CONTROL_RECORD;

const TYPES = Object.keys(CONTROL_RECORD) as ControlRecordType[];

/** A control record's key: version 0 and the type, an int16 each. */
export function controlRecordKey(type: ControlRecordType): Buffer {
  const key = Buffer.alloc(4);
  key.writeInt16BE(CONTROL_RECORD[type], 2);
  return key;
}

/** The type in a control record's key, UNKNOWN for ids of later Kafkas. @throws CorruptRecordError */
export function controlRecordTypeOf(key: Buffer | null): ControlRecordType | 'UNKNOWN' {
  if (key === null || key.length < 4) throw new CorruptRecordError('a control record key wants 4 bytes', 0);
  const version = key.readInt16BE(0);
  if (version < 0) throw new CorruptRecordError(`a control record key of version ${version}`, 0);
  return TYPES[key.readInt16BE(2)] ?? 'UNKNOWN';
}

/** The value of a transaction marker: version 0 and the coordinator's epoch. */
export function endTransactionMarker(coordinatorEpoch: number): Buffer {
  const value = Buffer.alloc(6);
  value.writeInt32BE(coordinatorEpoch, 2);
  return value;
}

/** The coordinator epoch in a marker's value. @throws CorruptRecordError */
export function coordinatorEpochOf(value: Buffer | null): number {
  if (value === null || value.length < 6) throw new CorruptRecordError('a transaction marker wants 6 bytes', 0);
  const version = value.readInt16BE(0);
  if (version < 0) throw new CorruptRecordError(`a transaction marker of version ${version}`, 0);
  return value.readInt32BE(2);
}
