import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { SeededRandom } from '../base/index.ts';
import { arbitraryMessage, everyMessage, versionsOf } from './arbitrary-message.check.ts';
import { codec, generate } from './codec.ts';
import { interpret, type UntypedCodec } from './interpret.ts';
import { ListOffsetsResponse, MetadataResponse, ProduceRequest, ProduceResponse } from './messages/index.ts';
import { Reader } from './reader.ts';
import {
  array,
  bigint64,
  bytes,
  float64,
  int16,
  int32,
  int8,
  message,
  records,
  string,
  struct,
  uint32,
  uuid,
  type Message,
} from './schema.ts';
import { decodeMessage, encodeMessage } from './whole-message.ts';
import { WireError } from './wire-error.ts';
import { Writer } from './writer.ts';

/** No message of Kafka's uses all of the language; this one does. */
const everything = message('Everything', { versions: [0, 3], flexibleSince: 2 }, () => ({
  name: string().nullable().neverCompact(),
  big: bigint64(),
  real: float64(),
  unsigned: uint32(),
  ids: array(uuid()).nullable(1),
  blobs: array(bytes().nullable()),
  names: array(string().nullable()).since(1),
  reals: array(float64()),
  empties: array({ later: int32().since(3) }),
  maybe: struct({
    code: int16(),
    inner: struct({ deep: array(int8()) })
      .nullable()
      .default(null),
  }).nullable(),
  batch: records().nullable().until(2).ignorable(),
  taggedText: string().since(2).nullable().tagged(5).default(null),
  taggedBytes: bytes().since(2).tagged(0),
  taggedIds: array(uuid()).since(2).tagged(1),
  taggedStruct: struct({ a: int32().default(7), b: bytes() })
    .since(2)
    .tagged(2),
  taggedMaybe: struct({ c: array({ d: string() }) })
    .since(2)
    .nullable()
    .tagged(3)
    .default(null),
  taggedReal: float64().since(3).tagged(4).default(0.5),
}));
const all: readonly Message[] = [...everyMessage, everything];

const encodeWith = (codec: UntypedCodec, value: unknown): Buffer => {
  const writer = new Writer(64);
  codec.encode(writer, value);
  return Buffer.concat(writer.finish());
};

const readWith = (codec: UntypedCodec, frame: Buffer): unknown => {
  const reader = new Reader(frame);
  const value = codec.decode(reader);
  reader.done();
  return value;
};

describe('every message in every version', () => {
  test('is written alike by both codecs, and read back by both', () => {
    const disagreements: string[] = [];
    for (const message of all) {
      for (const version of versionsOf(message)) {
        const fast = generate(message, version);
        const slow = interpret(message, version);
        for (let seed = 1; seed <= 2; seed++) {
          const value = arbitraryMessage(message, version, new SeededRandom(seed * 7919 + version));
          const frame = encodeWith(slow, value);
          const agree =
            encodeWith(fast, value).equals(frame) &&
            isDeepStrictEqual(readWith(fast, frame), value) &&
            isDeepStrictEqual(readWith(slow, frame), value);
          if (!agree) disagreements.push(`${message.name} v${version} seed ${seed}`);
        }
      }
    }
    expect(disagreements).toEqual([]);
  });

  test('cut or flipped, it is a value or a WireError, and both codecs say the same', () => {
    const outcome = (codec: UntypedCodec, frame: Buffer): unknown => {
      try {
        return codec.decode(new Reader(frame));
      } catch (error) {
        if (error instanceof WireError) return WireError;
        throw error;
      }
    };
    const disagreements: string[] = [];
    const outcomes = { values: 0, refusals: 0 };
    for (const message of all) {
      for (const version of versionsOf(message)) {
        const slow = interpret(message, version);
        const fast = codec(message, version) as UntypedCodec;
        const random = new SeededRandom(version * 31 + message.name.length);
        for (let round = 0; round < 6; round++) {
          const whole = encodeWith(slow, arbitraryMessage(message, version, random));
          const frame = round % 2 === 0 ? whole.subarray(0, random.below(whole.length + 1)) : flipped(whole, random);
          const seen = outcome(fast, frame);
          if (!isDeepStrictEqual(seen, outcome(slow, frame))) {
            disagreements.push(`${message.name} v${version} round ${round}: ${frame.toString('hex')}`);
          }
          outcomes[seen === WireError ? 'refusals' : 'values']++;
        }
      }
    }
    expect(disagreements).toEqual([]);
    expect(outcomes.values).toBeGreaterThan(1000);
    expect(outcomes.refusals).toBeGreaterThan(1000);
  });
});

function flipped(frame: Buffer, random: SeededRandom): Buffer {
  const bad = Buffer.from(frame);
  if (bad.length === 0) return bad;
  for (let left = random.below(4); left >= 0; left--) bad[random.below(Math.min(bad.length, 64))] = random.below(256);
  return bad;
}

describe('versions', () => {
  test('a field that the version lacks decodes to its default, a fresh one each time', () => {
    const frame = encodeMessage(ProduceResponse, 3, {
      responses: [{ name: 'orders', partitionResponses: [{ index: 0, errorCode: 0, baseOffset: 7 }] }],
    });
    const first = decodeMessage(ProduceResponse, 3, frame);
    const second = decodeMessage(ProduceResponse, 3, frame);
    expect(first.responses[0]?.partitionResponses[0]).toMatchObject({
      logStartOffset: -1,
      recordErrors: [],
      errorMessage: null,
      currentLeader: { leaderId: -1, leaderEpoch: -1 },
    });
    expect(first.nodeEndpoints).not.toBe(second.nodeEndpoints);
  });

  test('a field that the version lacks is dropped if ignorable, else refused unless at its default', () => {
    const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ';
    const ignorable = { topics: [{ topicId, errorCode: 0, partitions: [] }], brokers: [], controllerId: 1 };
    expect(() => encodeMessage(MetadataResponse, 9, { ...ignorable, topics: [] })).not.toThrow();
    const response = {
      topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, errorCode: 0, leaderEpoch: 3 }] }],
    };
    expect(() => encodeMessage(ListOffsetsResponse, 4, response)).not.toThrow();
    expect(() => encodeMessage(ListOffsetsResponse, 3, response)).toThrow(WireError);
  });

  test('a version that a message does not have is refused', () => {
    for (const version of [-1, 2, 14, 3.5, NaN]) {
      expect(() => codec(ProduceRequest, version)).toThrow(WireError);
    }
  });

  test('all versions of a message decode to the same properties in the same order', () => {
    const keys = versionsOf(MetadataResponse).map((version) => {
      const value = arbitraryMessage(MetadataResponse, version, new SeededRandom(version));
      return Object.keys(
        readWith(generate(MetadataResponse, version), encodeWith(generate(MetadataResponse, version), value)) as object,
      ).join();
    });
    expect(new Set(keys).size).toBe(1);
  });
});

describe('what cannot be said', () => {
  test('null where none is allowed, text over 32,767 bytes and a malformed uuid are refused by both codecs', () => {
    const text = message('Text', { versions: [0, 1], flexibleSince: 1 }, () => ({ name: string(), id: uuid() }));
    const bad = [{ name: null }, { name: 'x'.repeat(32768) }, { name: 'é'.repeat(16384) }, { name: '', id: 'orders' }];
    for (const version of [0, 1]) {
      for (const codec of [generate(text, version), interpret(text, version)]) {
        for (const value of bad) expect(() => encodeWith(codec, value)).toThrow(WireError);
      }
    }
  });
});

describe('hostile sizes', () => {
  test('a count beyond what the frame can hold is refused before an array is made', () => {
    const frame = Buffer.alloc(30_000_000);
    frame.writeInt32BE(29_999_000, 4);
    const before = process.memoryUsage().heapUsed;
    // MetadataResponse v1: brokers come first, each of at least 10 bytes.
    expect(() => decodeMessage(MetadataResponse, 1, frame.subarray(4))).toThrow(/elements claimed/);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(1_000_000);
  });

  test('a frame of countless tiny elements is refused by both codecs', () => {
    const frame = Buffer.alloc(20_000_000, 1);
    frame.writeInt32BE(19_000_000);
    const tiny = message('Tiny', { versions: [0, 0] }, () => ({ items: array(int8()) }));
    for (const codec of [generate(tiny, 0), interpret(tiny, 0)]) {
      expect(() => codec.decode(new Reader(frame))).toThrow(/more than 8388608 values/);
    }
  });

  test('an element that takes no bytes counts as one', () => {
    const empty = message('Empty', { versions: [0, 0] }, () => ({ items: array({}) }));
    const frame = Buffer.alloc(4);
    frame.writeInt32BE(1_000_000);
    expect(() => decodeMessage(empty, 0, frame)).toThrow(WireError);
  });

  test('lengths near the edges of int32 and of a varint are refused', () => {
    for (const length of ['7fffffff', '80000001', 'ffffffff']) {
      const frame = Buffer.from(`0000${'00000000'}${length}`, 'hex');
      expect(() => decodeMessage(ProduceRequest, 3, Buffer.concat([Buffer.from('ffff', 'hex'), frame]))).toThrow(
        WireError,
      );
    }
    for (const length of ['ffffffff0f', 'ffffffffff01', '8080808080']) {
      expect(() => decodeMessage(ProduceRequest, 9, Buffer.from(`00ffff00000000${length}`, 'hex'))).toThrow(WireError);
    }
  });
});

test('a compact size beyond 2^31 is negative, as Kafka reads it: null where that is allowed', () => {
  const text = message('Text', { versions: [0, 0], flexibleSince: 0 }, () => ({ name: string().nullable() }));
  for (const codec of [generate(text, 0), interpret(text, 0)]) {
    expect(codec.decode(new Reader(Buffer.from('ffffffff0f00', 'hex')))).toEqual({ name: null });
    expect(codec.decode(new Reader(Buffer.from('0261ffffffff0f', 'hex')))).toEqual({ name: 'a' });
  }
});

test('record bytes are a view of the frame, strings are not', () => {
  const frame = encodeMessage(ProduceRequest, 9, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 100,
    topicData: [{ name: 'orders', partitionData: [{ index: 0, records: Buffer.from('abc') }] }],
  });
  const decoded = decodeMessage(ProduceRequest, 9, frame);
  frame.fill(0x78);
  expect(decoded.topicData[0]?.partitionData[0]?.records?.toString()).toBe('xxx');
  expect(decoded.topicData[0]?.name).toBe('orders');
});

test('malformed UTF-8 becomes replacement characters, as in Kafka', () => {
  const text = message('Text', { versions: [0, 0] }, () => ({ name: string() }));
  expect(decodeMessage(text, 0, Buffer.from('000361ff62', 'hex'))).toEqual({ name: 'a\ufffdb' });
});

test('an unknown tagged field is skipped; a known one must be as long as it says', () => {
  const tagged = message('Tagged', { versions: [0, 0], flexibleSince: 0 }, () => ({
    text: string().nullable().tagged(5).default(null),
  }));
  const decode = (hex: string): unknown => decodeMessage(tagged, 0, Buffer.from(hex, 'hex'));
  expect(decode('01' + '6303aabbcc')).toEqual({ text: null });
  expect(decode('01' + '05020261')).toEqual({ text: 'a' });
  for (const size of ['01', '03']) expect(() => decode(`0105${size}026100`)).toThrow(WireError);
});
