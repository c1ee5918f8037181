/** Small batches that would be very large if they were unpacked. */
import { compress, prepareCompression, type CompressionType } from '../../src/wire/records/index.ts';
import { batch, int32, record } from './requests.ts';

const ATTRIBUTES: Readonly<Record<Exclude<CompressionType, 'none'>, number>> = { gzip: 1, snappy: 2, lz4: 3, zstd: 4 };
export const CODECS = ['gzip', 'snappy', 'lz4', 'zstd'] as const;

const MIB = 1024 * 1024;

export interface Bomb {
  readonly name: string;
  readonly records: Buffer;
}

const packed = (codec: (typeof CODECS)[number], records: Buffer, count = 1): Buffer =>
  batch({ attributes: ATTRIBUTES[codec], records: compress(codec, records), count, lastOffsetDelta: count - 1 });

/** One record of zeros, more than the broker unpacks; and records of next to nothing. */
export async function* bombs(): AsyncGenerator<Bomb> {
  const count = 2_000_000;
  // Length 7: attributes, timestamp delta, offset delta, key of one byte, no value, no headers.
  const tiny = Buffer.alloc(count * 8, Buffer.from([14, 0, 0, 0, 2, 107, 1, 0]));
  for (const codec of CODECS) {
    await prepareCompression(codec);
    const zerosMiB = 200;
    yield { name: `${codec}, ${zerosMiB} MiB of zeros`, records: packed(codec, record(Buffer.alloc(zerosMiB * MIB))) };
    yield { name: `${codec}, two million records`, records: packed(codec, tiny, count) };
  }
  for (const [name, attributes, head] of claims)
    yield { name, records: batch({ attributes, records: Buffer.concat([head, Buffer.alloc(200)]) }) };
}

/** Data that only claims to be large. */
const claims: readonly (readonly [name: string, attributes: number, head: Buffer])[] = [
  ['snappy that claims 4 GiB', ATTRIBUTES.snappy, Buffer.from('ffffffff0f', 'hex')],
  [
    'framed snappy with a chunk that claims 2 GiB',
    ATTRIBUTES.snappy,
    Buffer.concat([Buffer.from('82534e4150505900', 'hex'), int32(1), int32(1), int32(2147483647)]),
  ],
  ['lz4 that claims 2^62 bytes', ATTRIBUTES.lz4, Buffer.from('04224d187c400000000000000040ff', 'hex')],
  ['lz4 with a block that claims 2 GiB', ATTRIBUTES.lz4, Buffer.from('04224d18604082ffffff7f', 'hex')],
  ['zstd that claims 2^62 bytes', ATTRIBUTES.zstd, Buffer.from('28b52ffde000000000000000400100', 'hex')],
  ['zstd with a window of 2 GiB', ATTRIBUTES.zstd, Buffer.from('28b52ffd00a8', 'hex')],
];
