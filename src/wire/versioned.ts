/**
 * Messages that carry their version before them, as an int16: values in coordinators' logs, what consumers of a classic
 * group tell each other, principals.
 */
import { codec } from './codec.ts';
import { Reader } from './reader.ts';
import type { Infer, Input, Message } from './schema.ts';
import { withWriter } from './whole-message.ts';

/** Throws WireError if the message has no such version or the value cannot be said in it. */
export function encodeVersioned<M extends Message>(message: M, version: number, value: Input<M>): Buffer {
  return withWriter((writer) => {
    writer.int16(version);
    codec(message, version).encode(writer, value);
    return writer.finishWhole();
  });
}

/** Throws WireError if the version is not one of the message's or the bytes are not one. */
export function decodeVersioned<M extends Message>(message: M, buffer: Buffer): { version: number; value: Infer<M> } {
  const reader = new Reader(buffer);
  const version = reader.int16();
  return { version, value: codec(message, version).decode(reader) };
}
