/** Whole messages in one call. */
import { codec } from './codec.ts';
import { interpret } from './interpret.ts';
import { checkVersion } from './plan.ts';
import { Reader } from './reader.ts';
import type { Infer, Input, Message } from './schema.ts';
import { WireError } from './wire-error.ts';
import { Writer } from './writer.ts';

const scratch = new Writer();

/**
 * Lends the one shared writer: encoding never waits, so two messages never use it at once. Whatever `write` throws,
 * the writer is empty afterwards.
 */
export function withWriter<T>(write: (writer: Writer) => T): T {
  try {
    return write(scratch);
  } finally {
    scratch.reset();
  }
}

/** Throws WireError if the message has no such version or the value cannot be said in it. */
export function encodeMessage<M extends Message>(message: M, version: number, value: Input<M>): Buffer {
  return withWriter((writer) => {
    codec(message, version).encode(writer, value);
    return writer.finishWhole();
  });
}

/**
 * Decodes the message that starts at `at`; bytes behind it are left alone, as Kafka leaves them. Byte fields are
 * views of `buffer`. Throws WireError if the message has no such version or the bytes are not one.
 */
export function decodeMessage<M extends Message>(message: M, version: number, buffer: Buffer, at = 0): Infer<M> {
  return codec(message, version).decode(new Reader(buffer, at));
}

/**
 * What is wrong with bytes that were refused, naming the field:
 * `ProduceRequest.topicData[0].partitionData[0].records: 9 bytes wanted at 16, 0 left`.
 */
export function explain(message: Message, version: number, buffer: Buffer, at = 0): string {
  const reader = new Reader(buffer, at);
  try {
    checkVersion(message, version);
    interpret(message, version).decode(reader);
  } catch (error) {
    if (error instanceof WireError) return error.message;
    throw error;
  }
  return reader.remaining === 0 ? 'nothing is wrong' : `${message.name}: ${reader.remaining} bytes left over`;
}
