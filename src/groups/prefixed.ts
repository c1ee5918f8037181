import { encodeMessage, type Input, type Message } from '../wire/index.ts';

/** A part of a record of a coordinator's log: its type (of a key) or version (of a value) as an int16, and the message. */
export function prefixed<M extends Message>(prefix: number, message: M, version: number, value: Input<M>): Buffer {
  const head = Buffer.alloc(2);
  head.writeInt16BE(prefix);
  return Buffer.concat([head, encodeMessage(message, version, value)]);
}
