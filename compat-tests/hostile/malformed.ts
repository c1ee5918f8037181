/** Frames that are wrong in one way or another, or right in odd ways: drawn from the schemas of all APIs. */
import { SeededRandom } from '../../src/base/index.ts';
import { arbitraryMessage, versionsOf } from '../../src/wire/arbitrary-message.check.ts';
import { encodeRequestFrame, type Message } from '../../src/wire/index.ts';
import { apis } from '../../src/wire/messages/index.ts';

export interface Malformed {
  readonly bytes: Buffer;
  /** `Produce v7` */
  readonly api: string;
  readonly how: string;
}

interface Pair {
  readonly name: string;
  readonly request: Message;
  readonly version: number;
  readonly pool: Buffer[];
}

/** Well-formed frames kept per API and version, to be spoilt in turn. */
const POOL = 8;
const OTHERS_EVERY = 16;
const HEADER_BYTES = 14;
const extremes = [-1, -2, -2147483648, 2147483647, 1_000_000, 65_536, 0x7fff, 0];
const longVarints = ['ffffffff0f', 'ffffffffff', '80808080808080808001', 'feffffff0f', '8080808008'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

type Spoil = (frame: Buffer, random: SeededRandom) => Buffer;

const at = (frame: Buffer, random: SeededRandom, room = 1): number =>
  4 + random.below(Math.max(frame.length - 4 - room + 1, 1));

/** What is done to a frame. Its size is made right again afterwards, but for those that lie about just that. */
const spoils: Readonly<Record<string, Spoil>> = {
  'cut short': (frame, random) => frame.subarray(0, at(frame, random)),
  'bytes flipped': (frame, random) => {
    for (let i = 1 + random.below(4); i > 0; i--) frame.writeUInt8(random.below(256), at(frame, random));
    return frame;
  },
  'a number made extreme': (frame, random) => {
    if (frame.length >= 8) frame.writeInt32BE(random.pick(extremes), at(frame, random, 4));
    return frame;
  },
  'a length in the body made extreme': (frame, random) => {
    const from = Math.min(HEADER_BYTES + 4, frame.length - 2);
    frame.writeInt16BE(random.pick([-1, -2, -32768, 32767, 300]), from + random.below(frame.length - from - 1));
    return frame;
  },
  'a varint without end': (frame, random) => {
    const place = at(frame, random);
    return Buffer.concat([frame.subarray(0, place), random.pick(longVarints), frame.subarray(place)]);
  },
  'bytes put in': (frame, random) => {
    const place = at(frame, random);
    return Buffer.concat([frame.subarray(0, place), random.bytes(1 + random.below(40)), frame.subarray(place)]);
  },
  'bytes taken out': (frame, random) => {
    const place = at(frame, random);
    return Buffer.concat([frame.subarray(0, place), frame.subarray(place + 1 + random.below(12))]);
  },
  'a part there twice': (frame, random) => {
    const place = at(frame, random);
    const part = frame.subarray(place, place + 1 + random.below(200));
    return Buffer.concat([frame.subarray(0, place), part, frame.subarray(place)]);
  },
  'another version': (frame, random) => {
    frame.writeInt16BE(random.below(20) - 2, 6);
    return frame;
  },
  'another key': (frame, random) => {
    frame.writeInt16BE(random.below(100) - 2, 4);
    return frame;
  },
  'bytes behind it': (frame, random) => Buffer.concat([frame, random.bytes(1 + random.below(300))]),
};
const spoilNames = Object.keys(spoils);
const LIE = 'a size that lies';
const WHOLE = 'well-formed, with odd values';

/**
 * The same frames for the same seed. Every API has its turn at every version; those that are not served, which close the
 * connection before anything of them is read, less often.
 */
export function* malformedFrames(seed: number, isServed: (apiKey: number) => boolean): Generator<Malformed, never> {
  const random = new SeededRandom(seed);
  const pairs = [...apis.values()].map(({ name, apiKey, request }) => ({
    served: isServed(apiKey),
    pairs: versionsOf(request).map((version): Pair => ({ name, request, version, pool: [] })),
  }));
  const served = pairs.flatMap((each) => (each.served ? each.pairs : []));
  const others = pairs.flatMap((each) => (each.served ? [] : each.pairs));
  for (let turn = 0; ; turn++) {
    const other = turn % OTHERS_EVERY === 0 ? others[(turn / OTHERS_EVERY) % others.length] : undefined;
    const pair = other ?? served[turn % served.length];
    if (pair === undefined) throw new Error('no API is served');
    if (pair.pool.length < POOL || random.chance(10)) {
      if (pair.pool.length >= POOL) pair.pool.splice(random.below(POOL), 1);
      pair.pool.push(wellFormed(pair, random));
    }
    const api = `${pair.name} v${pair.version}`;
    const frame = Buffer.from(random.pick(pair.pool));
    if (random.chance(15)) {
      yield { bytes: frame, api, how: WHOLE };
    } else if (random.chance(4)) {
      frame.writeInt32BE(random.pick([...extremes, frame.length - 5, frame.length, 100_000_000]), 0);
      yield { bytes: frame, api, how: LIE };
    } else {
      const how = random.pick(spoilNames);
      const spoilt = Buffer.from((spoils[how] as Spoil)(frame, random));
      if (spoilt.length >= 4) spoilt.writeInt32BE(spoilt.length - 4, 0);
      yield { bytes: spoilt, api, how };
    }
  }
}

function wellFormed({ request, version }: Pair, random: SeededRandom): Buffer {
  const header = { correlationId: 1, clientId: 'flood' };
  const value = arbitraryMessage(request, version, random);
  return Buffer.concat(encodeRequestFrame(request, version, header, value as never));
}
