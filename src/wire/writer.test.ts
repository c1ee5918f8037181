import { describe, expect, test } from '@jest/globals';
import { Reader } from './reader.ts';
import { WireError } from './wire-error.ts';
import { Writer } from './writer.ts';

const written = (write: (writer: Writer) => void): string => {
  const writer = new Writer(4);
  write(writer);
  return Buffer.concat(writer.finish()).toString('hex');
};

test('fixed-size values are big-endian', () => {
  expect(written((w) => w.bool(true))).toBe('01');
  expect(written((w) => w.int16(-2))).toBe('fffe');
  expect(written((w) => w.uint16(65535))).toBe('ffff');
  expect(written((w) => w.uint32(4294967294))).toBe('fffffffe');
  expect(written((w) => w.bigint64(-1n))).toBe('ffffffffffffffff');
  expect(written((w) => w.float64(0.5))).toBe('3fe0000000000000');
});

test('varints read back', () => {
  for (const value of [0, 1, 127, 128, 16383, 16384, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) {
    expect(
      new Reader(
        Buffer.from(
          written((w) => w.uvarint(value)),
          'hex',
        ),
      ).uvarint(),
    ).toBe(value);
  }
});

describe('text', () => {
  test.each(['', 'orders', 'zürich', 'é'.repeat(42), 'é'.repeat(43), 'o'.repeat(33), '😀'.repeat(5000)])(
    'of any length and alphabet keeps its length in bytes: %#',
    (text) => {
      const bytes = Buffer.from(text);
      const plain = new Reader(
        Buffer.from(
          written((w) => w.string(text)),
          'hex',
        ),
      );
      expect(plain.text(plain.int16())).toBe(text);
      const compact = new Reader(
        Buffer.from(
          written((w) => w.compactString(text)),
          'hex',
        ),
      );
      expect(compact.uvarint() - 1).toBe(bytes.length);
      expect(compact.text(bytes.length)).toBe(text);
    },
  );

  test('over 32,767 bytes is refused', () => {
    for (const text of ['x'.repeat(32768), 'é'.repeat(16384)]) {
      expect(() => written((w) => w.string(text))).toThrow(WireError);
      expect(() => written((w) => w.compactString(text))).toThrow(WireError);
    }
  });
});

test('a uuid is 22 characters of base64url, nothing else', () => {
  expect(written((w) => w.uuid('AAAAAAAAAAAAAAAAAAAAAQ'))).toBe('00000000000000000000000000000001');
  for (const bad of ['', 'orders', 'AAAAAAAAAAAAAAAAAAAAA', '!'.repeat(22), 'A'.repeat(23)]) {
    expect(() => written((w) => w.uuid(bad))).toThrow(WireError);
  }
});

describe('byte fields', () => {
  test('over 512 bytes go out by reference, in their place', () => {
    const writer = new Writer(4);
    const large = Buffer.alloc(513, 1);
    writer.int8(5);
    writer.raw(large);
    writer.raw(large);
    writer.raw(Buffer.alloc(2, 2));
    expect(writer.length).toBe(1 + 513 + 513 + 2);
    const chunks = writer.finish();
    expect(chunks.map((chunk) => chunk.length)).toEqual([1, 513, 513, 2]);
    expect(chunks[1]).toBe(large);
    expect(writer.length).toBe(0);
  });

  test('within a section everything is copied, and its length counts it', () => {
    const writer = new Writer(4);
    const section = writer.openSection();
    writer.raw(Buffer.alloc(1000, 3));
    writer.closeSection(section);
    const reader = new Reader(Buffer.concat(writer.finish()));
    expect(reader.uvarint()).toBe(1000);
    expect(reader.raw(1000)).toEqual(Buffer.alloc(1000, 3));
    reader.done();
  });
});

test('a section may be empty, and may end where its length takes more bytes', () => {
  for (const size of [0, 1, 127, 128, 16383, 16384]) {
    const writer = new Writer(4);
    const section = writer.openSection();
    for (let i = 0; i < size; i++) writer.int8(i % 100);
    writer.closeSection(section);
    writer.int8(-1);
    const reader = new Reader(Buffer.concat(writer.finish()));
    expect(reader.uvarint()).toBe(size);
    expect(reader.raw(size)?.[size - 1]).toBe(size === 0 ? undefined : (size - 1) % 100);
    expect(reader.int8()).toBe(-1);
    reader.done();
  }
});

test('a message in one piece has its large fields in their places', () => {
  const writer = new Writer(4);
  const large = Buffer.alloc(513, 1);
  writer.int8(5);
  writer.raw(large);
  writer.int8(6);
  expect(writer.finishWhole()).toEqual(Buffer.concat([Buffer.of(5), large, Buffer.of(6)]));
  writer.int8(7);
  expect(writer.finishWhole()).toEqual(Buffer.of(7));
});

test('what was finished does not change when the writer is used again', () => {
  const writer = new Writer(4);
  writer.int32(1);
  const first = writer.finish();
  writer.int32(2);
  writer.finish();
  expect(Buffer.concat(first).readInt32BE()).toBe(1);
});

test('scratch grows to what one message needs, and a giant one is not kept', () => {
  const writer = new Writer(16);
  for (let i = 0; i < 1000; i++) writer.int64(i);
  expect(writer.buffer.length).toBeGreaterThanOrEqual(8000);
  writer.finish();
  writer.room(1 << 21);
  expect(writer.buffer.length).toBeGreaterThan(1 << 20);
  writer.finish();
  expect(writer.buffer.length).toBe(16);
});
