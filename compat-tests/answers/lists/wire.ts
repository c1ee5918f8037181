import { conversation, type Conversation } from '../conversation.ts';

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([int16(value.length), Buffer.from(value)]);
const framed = (...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(body.length), body]);
};
const head = (apiKey: number, version: number, clientId: Buffer = text('raw')): Buffer =>
  Buffer.concat([int16(apiKey), int16(version), int32(42), clientId]);

/** A request that both brokers answer with the same bytes. */
const heartbeat = Buffer.concat([text(''), int32(1), text('m')]);
const noTags = Buffer.from([0]);
const tag = (number: number, value: string): Buffer => Buffer.from([1, number, value.length, ...Buffer.from(value)]);
const compact = (value: string): Buffer => Buffer.concat([Buffer.from([value.length + 1]), Buffer.from(value)]);
const flexibleHeartbeat = Buffer.concat([compact(''), int32(1), compact('m'), Buffer.from([0])]);

export const wireConversations: readonly Conversation[] = [
  conversation(
    'Heartbeat',
    'frames and headers',
    async (talk) => {
      await talk.sendRaw('plain', framed(head(12, 0), heartbeat));
      await talk.sendRaw('null client id', framed(head(12, 0, int16(-1)), heartbeat));
      await talk.sendRaw('empty client id', framed(head(12, 0, text('')), heartbeat));
      await talk.sendRaw('client id of length -2', framed(head(12, 0, int16(-2)), heartbeat));
      await talk.sendRaw('client id longer than the frame', framed(head(12, 0, int16(3000)), heartbeat));
      await talk.sendRaw('client id that is no UTF-8', framed(head(12, 0, Buffer.from([0, 2, 0xff, 0xfe])), heartbeat));
      await talk.sendRaw('a byte behind the request', framed(head(12, 0), heartbeat, Buffer.from([1])));
      await talk.sendRaw('a kilobyte behind the request', framed(head(12, 0), heartbeat, Buffer.alloc(1024)));
      await talk.sendRaw('a byte short', framed(head(12, 0), heartbeat.subarray(0, -1)));
      await talk.sendRaw('no body', framed(head(12, 0)));
      await talk.sendRaw('no header', framed(int16(12)));
      await talk.sendRaw('an empty frame', framed(Buffer.alloc(0)));
      await talk.sendRaw(
        'an empty frame, then a good one',
        Buffer.concat([framed(Buffer.alloc(0)), framed(head(12, 0), heartbeat)]),
      );
      for (const size of [-1, -2147483648, 104857601, 2147483647])
        await talk.sendRaw(`size ${size}`, Buffer.concat([int32(size), Buffer.alloc(64)]));
      await talk.sendRaw(
        'two at once',
        Buffer.concat([framed(head(12, 0), heartbeat), framed(head(12, 1), heartbeat)]),
        2,
      );
      await talk.sendRaw(
        'a bad one behind a good one',
        Buffer.concat([framed(head(12, 0), heartbeat), framed(head(999, 1))]),
        2,
      );
      await talk.sendRaw('null in place of a string', framed(head(12, 0), int16(-1), int32(1), text('m')));
      await talk.sendRaw('a negative length', framed(head(12, 0), int16(-5), int32(1), text('m')));
      await talk.sendRaw('HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    },
    { versions: [0] },
  ),
  conversation(
    'Heartbeat',
    'flexible frames',
    async (talk) => {
      await talk.sendRaw('plain', framed(head(12, 4), noTags, flexibleHeartbeat));
      await talk.sendRaw('an unknown tag in the header', framed(head(12, 4), tag(9, 'x'), flexibleHeartbeat));
      await talk.sendRaw(
        'an unknown tag in the body',
        framed(head(12, 4), noTags, flexibleHeartbeat.subarray(0, -1), Buffer.from([0]), tag(9, 'x')),
      );
      await talk.sendRaw(
        'a tag in the body',
        framed(head(12, 4), noTags, compact(''), int32(1), compact('m'), Buffer.from([0]), tag(9, 'abc')),
      );
      await talk.sendRaw('a tag longer than the frame', framed(head(12, 4), Buffer.from([1, 9, 200, 1])));
      await talk.sendRaw('no tags at all', framed(head(12, 4), flexibleHeartbeat));
      await talk.sendRaw(
        'a client id as compact string',
        framed(int16(12), int16(4), int32(42), compact('raw'), noTags, flexibleHeartbeat),
      );
      await talk.sendRaw('a byte behind the request', framed(head(12, 4), noTags, flexibleHeartbeat, Buffer.from([7])));
      await talk.sendRaw('tags out of order', framed(head(12, 4), Buffer.from([2, 9, 0, 3, 0]), flexibleHeartbeat));
      await talk.sendRaw('the same tag twice', framed(head(12, 4), Buffer.from([2, 9, 0, 9, 0]), flexibleHeartbeat));
      await talk.sendRaw('a varint without end', framed(head(12, 4), Buffer.from([255, 255, 255, 255, 255, 255, 255])));
      await talk.sendRaw(
        'null instance',
        framed(head(12, 4), noTags, compact(''), int32(1), compact('m'), Buffer.from([0, 0])),
      );
      await talk.sendRaw(
        'null in place of a string',
        framed(head(12, 4), noTags, Buffer.from([0]), int32(1), compact('m'), Buffer.from([0, 0])),
      );
    },
    { versions: [4] },
  ),
  conversation(
    'ApiVersions',
    'keys and versions',
    async (talk) => {
      for (const key of [4, 5, 6, 7, 52, 93, 999, -1, 32767])
        await talk.sendRaw(`key ${key}`, framed(head(key, 0), Buffer.alloc(16)));
      for (const [key, version] of [
        [0, 0],
        [0, 2],
        [0, 14],
        [1, 3],
        [1, 19],
        [2, 0],
        [3, 14],
        [3, -1],
        [8, 1],
        [9, 0],
        [12, 5],
        [19, 1],
        [20, 0],
        [32, 0],
        [47, 1],
        [60, 3],
        [22, 7],
      ] as const)
        await talk.sendRaw(`key ${key} v${version}`, framed(head(key, version), Buffer.alloc(32)));
      for (const version of [5, 99, 32767]) {
        await talk.sendRaw(
          `ApiVersions v${version}`,
          framed(head(18, version), noTags, compact('a'), compact('1'), noTags),
        );
        await talk.sendRaw(`ApiVersions v${version} without a body`, framed(head(18, version)));
        await talk.sendRaw(`ApiVersions v${version} with tags only`, framed(head(18, version), noTags));
      }
      for (const version of [-1, -32768]) await talk.sendRaw(`ApiVersions v${version}`, framed(head(18, version)));
      await talk.sendRaw('ApiVersions v3 without a body', framed(head(18, 3), noTags));
      await talk.sendRaw('Metadata of two billion topics', framed(head(3, 1), int32(2147483647)));
      await talk.sendRaw('Metadata of -2 topics', framed(head(3, 1), int32(-2)));
      await talk.sendRaw('Metadata v0 of null topics', framed(head(3, 0), int32(-1)));
    },
    { versions: [0] },
  ),
];
