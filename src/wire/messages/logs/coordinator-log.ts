/**
 * Records of the coordinators' logs. A key is its record type as an int16 and then the key message, always in version 0;
 * a value is its version as an int16 and then the value message in it. No value is a tombstone.
 */
import { codec } from '../../codec.ts';
import { Reader } from '../../reader.ts';
import type { Infer, Input, Message } from '../../schema.ts';
import { decodeVersioned, encodeVersioned } from '../../versioned.ts';
import { withWriter } from '../../whole-message.ts';

type Pairs = Readonly<Record<string, readonly [key: Message, value: Message]>>;

/** A record, told apart from the others of its log by `type`. `version` is the value's; 0 for a tombstone. */
export type CoordinatorRecord<P extends Pairs> = {
  [T in keyof P & string]: {
    readonly type: T;
    readonly key: Infer<P[T][0]>;
    readonly version: number;
    readonly value: Infer<P[T][1]> | null;
  };
}[keyof P & string];

/** What a record may be encoded from: fields with defaults may be left out. A decoded record is one too. */
export type CoordinatorRecordInput<P extends Pairs> = {
  [T in keyof P & string]: {
    readonly type: T;
    readonly key: Input<P[T][0]>;
    readonly version: number;
    readonly value: Input<P[T][1]> | null;
  };
}[keyof P & string];

/** A record whose type is not known here: a newer broker wrote it. Kafka skips it when loading. */
export interface UnknownRecord {
  readonly type: 'Unknown';
  readonly recordType: number;
}

export class CoordinatorLog<P extends Pairs> {
  private readonly pairs: P;
  private readonly types = new Map<number, keyof P & string>();

  constructor(pairs: P) {
    this.pairs = pairs;
    for (const [type, [key]] of Object.entries(pairs)) this.types.set(key.apiKey, type);
  }

  encodeKey<T extends keyof P & string>(type: T, key: Input<P[T][0]>): Buffer {
    const message = this.pair(type)[0];
    return withWriter((writer) => {
      writer.int16(message.apiKey);
      codec(message, 0).encode(writer, key);
      return writer.finishWhole();
    });
  }

  /** Throws WireError if the value cannot be said in this version. */
  encodeValue<T extends keyof P & string>(type: T, version: number, value: Input<P[T][1]>): Buffer {
    return encodeVersioned(this.pair(type)[1], version, value as Input<Message>);
  }

  /** What `decode` reads back. Throws WireError if the value cannot be said in the record's version. */
  encode(record: CoordinatorRecordInput<P>): { key: Buffer; value: Buffer | null } {
    const { type, key, version, value } = record;
    return { key: this.encodeKey(type, key), value: value === null ? null : this.encodeValue(type, version, value) };
  }

  /** Byte fields are views of the buffers. Throws WireError if they are no record, or one in a version not known. */
  decode(key: Buffer, value: Buffer | null): CoordinatorRecord<P> | UnknownRecord {
    const reader = new Reader(key);
    const recordType = reader.int16();
    const type = this.types.get(recordType);
    if (type === undefined) return { type: 'Unknown', recordType };
    const [keyMessage, valueMessage] = this.pair(type);
    const decodedKey = codec(keyMessage, 0).decode(reader);
    const decoded = value === null ? { version: 0, value: null } : decodeVersioned(valueMessage, value);
    return { type, key: decodedKey, ...decoded } as CoordinatorRecord<P>;
  }

  private pair(type: keyof P & string): readonly [key: Message, value: Message] {
    return this.pairs[type] as readonly [Message, Message];
  }
}
