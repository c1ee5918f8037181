import { buildBatch, crc32c, type BatchInput } from '../../src/wire/records/index.ts';

/** Where the fields of a batch lie that are lied about here. */
export const AT = { crc: 17, attributes: 21, lastOffsetDelta: 23, recordCount: 57 } as const;

type Value = string | readonly [key: string, value: string];

/** Records of these values, or keys and values, at these timestamps: one a millisecond from 1000 on by default. */
export function batch(
  values: readonly Value[],
  options: Partial<BatchInput> & { readonly timestamps?: readonly number[] } = {},
): Buffer {
  const { timestamps, ...rest } = options;
  return buildBatch({
    baseOffset: 0,
    records: values.map((value, i) => ({
      timestampMs: timestamps?.[i] ?? 1000 + i,
      key: typeof value === 'string' ? null : Buffer.from(value[0]),
      value: Buffer.from(typeof value === 'string' ? value : value[1]),
      headers: [],
    })),
    ...rest,
  });
}

/** A copy with something changed, and a crc that agrees with it. */
export function changed(original: Buffer, change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(original);
  change(bytes);
  bytes.writeUInt32BE(crc32c(bytes, AT.attributes, bytes.length), AT.crc);
  return bytes;
}

/** One record of an idempotent producer. */
export const idempotent = (producerId: number, baseSequence: number, producerEpoch = 0, timestampMs = 1000): Buffer =>
  batch(['x'], { producerId, producerEpoch, baseSequence, timestamps: [timestampMs] });
