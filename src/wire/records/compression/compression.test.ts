import zlib from 'node:zlib';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { CorruptRecordError, RecordsTooLargeError, UnsupportedCompressionError } from '../errors.ts';
import type { Codec } from './codec.ts';
import { gzipCodec } from './gzip.ts';
import { compressFrame, decompressFrame, readFrame } from './lz4-frame.ts';
import { lz4Codec } from './lz4.ts';
import { nodeModules, type ModuleLoader } from './module-loader.ts';
import { snappyCodec } from './snappy.ts';
import { toXerial } from './xerial.ts';
import { zstdCodec, type NodeZstd } from './zstd.ts';

const SEED = 20_261_122;

/** As on a machine where these packages are not installed. */
function without(...names: string[]): ModuleLoader {
  return {
    require: (name) => (names.includes(name) ? null : nodeModules.require(name)),
    import: async (name) => (names.includes(name) ? null : nodeModules.import(name)),
  };
}

const wasmZstd = zstdCodec(nodeModules, {});

/** Node 22's zstd, on Node 20 played by the other implementation: only how it is called is at stake then. */
function nodeZstd(): Partial<NodeZstd> {
  if ('zstdDecompressSync' in zlib) return zlib as Partial<NodeZstd>;
  return {
    zstdCompressSync: (data) => wasmZstd.compress(data, undefined),
    zstdDecompressSync: (data, { maxOutputLength }) => {
      const bytes = wasmZstd.decompress(data, 1 << 30);
      if (bytes.length > maxOutputLength) {
        throw Object.assign(new RangeError('too large'), { code: 'ERR_BUFFER_TOO_LARGE' });
      }
      return bytes;
    },
  };
}

/** The lines of a log: what compresses well, and not at once. */
const text = Buffer.from(Array.from({ length: 9_000 }, (_, i) => `{"id":${i * 7},"at":${i % 13}}\n`).join(''));

const codecs: [string, Codec][] = [
  ['gzip', gzipCodec()],
  ['snappy, native', snappyCodec()],
  ['snappy, WebAssembly', snappyCodec(without('snappy'))],
  ['lz4, native', lz4Codec()],
  ['lz4, TypeScript', lz4Codec(without('lz4-napi'))],
  ['zstd, WebAssembly', wasmZstd],
  ["zstd, Node's", zstdCodec(without('@bokuweb/zstd-wasm'), nodeZstd())],
];

beforeAll(() => Promise.all(codecs.map(([, codec]) => codec.prepare())));

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(fc.tuple(fc.constantFrom('a', 'ab', 'topic', '0123456789', '\0'), fc.integer({ min: 1, max: 9_000 })), {
      maxLength: 6,
    })
    .map((runs) => Buffer.from(runs.map(([word, times]) => word.repeat(times)).join(''))),
);

describe.each(codecs)('%s', (_name, codec) => {
  test('gives back what was compressed', () => {
    expect(codec.isReady()).toBe(true);
    for (const data of [Buffer.alloc(0), Buffer.from('x'), text, text.subarray(3, 65_539)]) {
      const packed = codec.compress(data, undefined);
      expect(codec.decompress(packed, data.length).equals(data)).toBe(true);
    }
    expect(codec.compress(text, undefined).length).toBeLessThan(text.length / 2);
  });

  test('gives back any data', () => {
    fc.assert(
      fc.property(payload, (data) => {
        expect(codec.decompress(codec.compress(data, undefined), data.length).equals(data)).toBe(true);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  test('refuses data that would become more than the bound', () => {
    const bomb = codec.compress(Buffer.alloc(3 << 20), undefined);
    for (const data of [codec.compress(text, undefined), bomb]) {
      expect(() => codec.decompress(data, 100_000)).toThrow(RecordsTooLargeError);
    }
    expect(codec.decompress(bomb, 3 << 20).length).toBe(3 << 20);
  });

  test('answers damaged data with a value or a typed error, and goes on working', () => {
    const packed = codec.compress(text.subarray(0, 900), undefined);
    const maxBytes = 1 << 20;
    const outcome = (data: Buffer): void => {
      try {
        expect(codec.decompress(data, maxBytes).length).toBeLessThanOrEqual(maxBytes);
      } catch (error) {
        if (!(error instanceof CorruptRecordError || error instanceof RecordsTooLargeError)) throw error;
      }
    };
    for (let bytes = 0; bytes < packed.length; bytes++) outcome(Buffer.from(packed.subarray(0, bytes)));
    for (let at = 0; at < packed.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const damaged = Buffer.from(packed);
        damaged[at]! ^= flip;
        outcome(damaged);
      }
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => outcome(Buffer.from(noise))),
      { seed: SEED, numRuns: 200 },
    );
    expect(codec.decompress(codec.compress(text, undefined), text.length).equals(text)).toBe(true);
  });
});

describe('levels', () => {
  test('higher ones compress more, as Kafka counts them', () => {
    for (const [codec, low, high] of [
      [gzipCodec(), 1, 9],
      [wasmZstd, -131_072, 22],
    ] as const) {
      const data = text.subarray(0, 40_000);
      expect(codec.compress(data, high).length).toBeLessThan(codec.compress(data, low).length);
      expect(codec.decompress(codec.compress(data, low), data.length).equals(data)).toBe(true);
    }
  });
});

describe('packages that are not installed', () => {
  test('snappy waits for its WebAssembly, and says when there is none', async () => {
    const codec = snappyCodec(without('snappy'));
    expect(codec.isReady()).toBe(false);
    expect(() => codec.compress(text, undefined)).toThrow("prepare('snappy')");
    await codec.prepare();
    expect(codec.isReady()).toBe(true);
    await expect(snappyCodec(without('snappy', 'hysnappy')).prepare()).rejects.toThrow(UnsupportedCompressionError);
  });

  test('zstd waits for its WebAssembly, and says when there is none', async () => {
    const codec = zstdCodec(nodeModules, {});
    expect(codec.isReady()).toBe(false);
    expect(() => codec.decompress(text, 1)).toThrow("prepare('zstd')");
    await codec.prepare();
    expect(codec.isReady()).toBe(true);
    await expect(zstdCodec(without('@bokuweb/zstd-wasm'), {}).prepare()).rejects.toThrow(UnsupportedCompressionError);
  });

  test('zstd is loaded once, however many ask for it at the same time', async () => {
    const init = jest.fn(async () => {});
    const wasm = { init };
    const [codec, other] = [1, 2].map(() => zstdCodec({ ...nodeModules, require: () => wasm }, {})) as [Codec, Codec];
    await Promise.all([codec.prepare(), codec.prepare(), other.prepare()]);
    await other.prepare();
    expect(init).toHaveBeenCalledTimes(1);
  });
});

describe('both implementations of a type', () => {
  test.each([
    ['snappy', codecs[1]![1], codecs[2]![1]],
    ['lz4', codecs[3]![1], codecs[4]![1]],
  ])('%s: each reads what the other writes', (_type, one, other) => {
    fc.assert(
      fc.property(payload, (data) => {
        expect(one.decompress(other.compress(data, undefined), data.length).equals(data)).toBe(true);
        expect(other.decompress(one.compress(data, undefined), data.length).equals(data)).toBe(true);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  test('lz4: on damaged frames neither reads what the other reads otherwise', () => {
    const packed = compressFrame(text.subarray(0, 2_000));
    const read = (codec: Codec, data: Buffer): Buffer | null => {
      try {
        return codec.decompress(data, 1 << 20);
      } catch {
        return null;
      }
    };
    for (let at = 7; at < packed.length; at++) {
      const damaged = Buffer.from(packed);
      damaged[at]! ^= 0x11;
      const [native, ours] = [read(codecs[3]![1], damaged), read(codecs[4]![1], damaged)];
      if (native !== null && ours !== null) expect(native.equals(ours)).toBe(true);
    }
  });
});

describe('snappy without framing', () => {
  test('is read too, as librdkafka and others write it', () => {
    const block = Buffer.from([5, (5 - 1) << 2, ...Buffer.from('plain')]);
    for (const codec of [codecs[1]![1], codecs[2]![1]]) expect(codec.decompress(block, 5).toString()).toBe('plain');
  });

  test('a copy from before the data is refused, not read from memory', () => {
    const block = Buffer.from([8, (4 - 1) << 2, ...Buffer.from('abcd'), 0x01, 5]);
    for (const codec of [codecs[1]![1], codecs[2]![1]]) {
      expect(() => codec.decompress(block, 100)).toThrow(CorruptRecordError);
    }
  });

  test('a length that no such block could make is refused', () => {
    const block = Buffer.from([0xff, 0xff, 0xff, 0x7f, 0x00]);
    for (const codec of [codecs[1]![1], codecs[2]![1]]) {
      expect(() => codec.decompress(block, 1 << 30)).toThrow(CorruptRecordError);
      expect(() =>
        codec.decompress(
          toXerial(Buffer.from('x'), () => block),
          1 << 30,
        ),
      ).toThrow(CorruptRecordError);
    }
  });
});

describe('what other libraries wrote', () => {
  const line = 'the log keeps records; ';
  const base64 = (text: string): Buffer => Buffer.from(text, 'base64');
  /** python-lz4: linked blocks, block checksums, content checksum, content size. */
  const lz4Frame = base64('BCJNGHxAuAAAAAAAAADoIgAAAP8IdGhlIGxvZyBrZWVwcyByZWNvcmRzOyAXAIlQcmRzOyDE15v2AAAAAHodc+Y=');
  /** python-zstandard: a checksum, and no content size. */
  const zstdFrame = base64('KLUv/QRY9QAAuHRoZSBsb2cga2VlcHMgcmVjb3JkczsgAQA9Ss0mERBmTA==');

  test.each([codecs[3]!, codecs[4]!])('%s reads a frame that uses all of the format', (_name, codec) => {
    expect(codec.decompress(lz4Frame, 1_000).toString()).toBe(line.repeat(8));
    expect(() => codec.decompress(lz4Frame, line.length * 8 - 1)).toThrow(RecordsTooLargeError);
  });

  test.each(Array.from({ length: lz4Frame.length - 4 }, (_, i) => i + 4))(
    'lz4: its checksums find a flipped bit in byte %i',
    (at) => {
      const damaged = Buffer.from(lz4Frame);
      damaged[at]! ^= 4;
      for (const [, codec] of [codecs[3]!, codecs[4]!]) {
        expect(() => codec.decompress(damaged, 1_000)).toThrow(CorruptRecordError);
      }
    },
  );

  test.each([codecs[5]!, codecs[6]!])('%s reads frames one after another, of unknown size', (_name, codec) => {
    const twice = Buffer.concat([zstdFrame, zstdFrame]);
    expect(codec.decompress(twice, 1_000).toString()).toBe(line.repeat(16));
    expect(() => codec.decompress(twice, line.length * 15)).toThrow(RecordsTooLargeError);
    expect(() => codec.decompress(twice.subarray(0, -1), 1_000)).toThrow(CorruptRecordError);
  });
});

describe('lz4 frames', () => {
  test('a content that is not as long as announced is refused', () => {
    const frame = compressFrame(text);
    expect(() => decompressFrame(frame, { ...readFrame(frame), contentBytes: 5 }, 1 << 20)).toThrow('announced');
  });
});
