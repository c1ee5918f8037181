import type { Message } from '../../../src/wire/index.ts';
import type { Said } from '../fit.ts';
import { layOut, size, uvarint, type Layout, type Place } from './layout.ts';

/** A request's bytes, without the frame's size, and what is odd about them. */
export interface OddFrame {
  readonly label: string;
  readonly bytes: () => Buffer;
}

const noTags = Buffer.from([0]);
/** Tag 9000, which no field has, with two bytes. */
const unknownTag = Buffer.concat([uvarint(9000), Buffer.from([2, 1, 2])]);

/**
 * Frames that a good client never sends, about one good request. `lies` adds those about the size of each of its fields:
 * what follows is read as something else then, so it has nothing in it that a broker chose.
 */
export function oddFrames(message: Message, version: number, value: Said, lies?: Said): OddFrame[] {
  const flexible = version >= message.flexibleSince;
  const layout = layOut(message, version, value);
  const head = header(message, version);
  const tags = flexible ? noTags : Buffer.alloc(0);
  const good = Buffer.concat([head, tags, layout.body]);
  const cuts = new Set([
    8,
    head.length,
    ...[1, 2, 3].map((i) => quarter(head.length, good.length, i)),
    good.length - 1,
  ]);
  return [
    ...[...cuts]
      .filter((at) => at < good.length)
      .map((at) => ({ label: `cut after ${at} bytes`, bytes: () => good.subarray(0, at) })),
    { label: 'a byte behind it', bytes: () => Buffer.concat([good, Buffer.from([1])]) },
    { label: 'a kilobyte behind it', bytes: () => Buffer.concat([good, Buffer.alloc(1024)]) },
    { label: 'without a client id', bytes: () => Buffer.concat([header(message, version, null), tags, layout.body]) },
    {
      label: 'the header of other versions',
      bytes: () => Buffer.concat([head, flexible ? tags.subarray(1) : noTags, layout.body]),
    },
    ...(flexible
      ? [
          {
            label: 'an unknown tag in the header',
            bytes: () => Buffer.concat([head, uvarint(1), unknownTag, layout.body]),
          },
        ]
      : []),
    ...[
      ...lying(layout, ({ kind }) => kind === 'tags'),
      ...(lies === undefined ? [] : lying(layOut(message, version, lies), ({ kind }) => kind !== 'tags')),
    ].map(({ label, bytes }) => ({ label, bytes: () => Buffer.concat([head, tags, bytes()]) })),
  ];
}

const quarter = (from: number, to: number, i: number): number => Math.floor(from + ((to - from) * i) / 4);

function header({ apiKey }: Message, version: number, clientId: string | null = 'made'): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeInt16BE(apiKey, 0);
  bytes.writeInt16BE(version, 2);
  bytes.writeInt32BE(7, 4);
  bytes.writeInt16BE(clientId?.length ?? -1, 8);
  return Buffer.concat([bytes, Buffer.from(clientId ?? '')]);
}

/** The body with other bytes at one of the chosen places. */
const lying = (layout: Layout, isChosen: (place: Place) => boolean): OddFrame[] =>
  layout.places.filter(isChosen).flatMap((place) => lyingAt(layout, place));

function lyingAt({ body }: Layout, place: Place): OddFrame[] {
  const { path, kind, at, bytes, count, compact, nullable } = place;
  const put = (label: string, ...said: Buffer[]): OddFrame => ({
    label: `${path === '' ? 'the request' : path}: ${label}`,
    bytes: () => Buffer.concat([body.subarray(0, at), ...said, body.subarray(at + bytes)]),
  });
  if (kind === 'bool') return [put('a truth value of 2', Buffer.from([2]))];
  if (kind === 'tags')
    return [
      put('an unknown tag', uvarint(1), unknownTag),
      put('the same tag twice', uvarint(2), unknownTag, unknownTag),
      put('a tag longer than the frame', uvarint(1), Buffer.from([9, 200, 1])),
      put('too many tags', uvarint(2 ** 31 - 1)),
    ];
  const most = kind === 'string' && !compact ? 32_767 : 2 ** 31 - 2;
  return [
    put(`${most} of them`, size(kind, compact, most)),
    put('one more than there is', size(kind, compact, count + 1)),
    put('-2 of them', size(kind, compact, -2)),
    ...(nullable ? [] : [put('null', size(kind, compact, -1))]),
  ];
}
