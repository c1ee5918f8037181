import { crc32c } from '../../src/wire/records/index.ts';

/** Requests written by hand, so that each byte can be made wrong. */

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

function string(value: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
}

/** Signed, as records write it. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

/** Length, header v1 and body. */
export function request(apiKey: number, version: number, body: Buffer, correlationId = 1): Buffer {
  const rest = Buffer.concat([int16(apiKey), int16(version), int32(correlationId), string('hostile'), body]);
  return Buffer.concat([int32(rest.length), rest]);
}

export const apiVersions = (correlationId = 1): Buffer => request(18, 0, Buffer.alloc(0), correlationId);
export const metadata = (topic: string): Buffer => request(3, 1, Buffer.concat([int32(1), string(topic)]));

export function fetch(topic: string, correlationId: number): Buffer {
  const partition = Buffer.concat([int32(0), int64(0), int32(16 << 20)]);
  const topics = Buffer.concat([int32(1), string(topic), int32(1), partition]);
  const head = Buffer.concat([int32(-1), int32(100), int32(1), int32(16 << 20), Buffer.from([0])]);
  return request(1, 4, Buffer.concat([head, topics]), correlationId);
}

/** Produce v7 of one batch to partition 0. */
export function produce(topic: string, records: Buffer): Buffer {
  const topics = Buffer.concat([int32(1), string(topic), int32(1), int32(0), int32(records.length), records]);
  return request(0, 7, Buffer.concat([int16(-1), int16(-1), int32(5000), topics]));
}

/** The error code of a Produce v7 response to `produce`. */
export function produceError(topic: string, frame: Buffer): number {
  return frame.readInt16BE(4 + 4 + 2 + topic.length + 4 + 4);
}

export interface BatchLies {
  readonly crc?: number;
  readonly magic?: number;
  readonly attributes?: number;
  readonly batchLength?: number;
  readonly count?: number;
  readonly lastOffsetDelta?: number;
  readonly records?: Buffer;
}

/** A batch of one record, right but for the lies. */
export function batch(lies: BatchLies = {}): Buffer {
  const records = lies.records ?? record(Buffer.from('v'));
  const covered = Buffer.concat([
    ...[
      int16(lies.attributes ?? 0),
      int32(lies.lastOffsetDelta ?? 0),
      int64(1_700_000_000_000),
      int64(1_700_000_000_000),
    ],
    ...[int64(-1), int16(-1), int32(-1), int32(lies.count ?? 1), records],
  ]);
  const crc = int32(lies.crc ?? crc32c(covered) | 0);
  const rest = Buffer.concat([int32(-1), Buffer.from([lies.magic ?? 2]), crc, covered]);
  return Buffer.concat([int64(0), int32(lies.batchLength ?? rest.length), rest]);
}

export function record(value: Buffer, key = Buffer.from('k')): Buffer {
  const body = Buffer.concat([Buffer.from([0, 0, 0]), varint(key.length), key, varint(value.length), value, varint(0)]);
  return Buffer.concat([varint(body.length), body]);
}
