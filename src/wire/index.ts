export { codec, type Codec } from './codec.ts';
export { ErrorCode, errorName, isRetriable } from './errors.ts';
export {
  encodeRequestFrame,
  encodeResponseFrame,
  readRequestHeader,
  readResponseHeader,
  type RequestFrameHeader,
} from './frame.ts';
export { defaults } from './plan.ts';
export { isHere, type Chunk, type LaterBytes } from './later-bytes.ts';
export { Reader } from './reader.ts';
export {
  array,
  bigint64,
  bool,
  bytes,
  Field,
  float64,
  int16,
  int32,
  int64,
  int8,
  message,
  records,
  string,
  struct,
  uint16,
  uint32,
  uuid,
  type Infer,
  type Input,
  type Message,
  type Shape,
} from './schema.ts';
export { readInt64, writeInt64 } from './int64.ts';
export { decodeMessage, encodeMessage, explain } from './whole-message.ts';
export { decodeVersioned, encodeVersioned } from './versioned.ts';
export { WireError } from './wire-error.ts';
export { Writer } from './writer.ts';
