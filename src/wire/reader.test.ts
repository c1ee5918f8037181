import { describe, expect, test } from '@jest/globals';
import { Reader } from './reader.ts';
import { WireError } from './wire-error.ts';

const reader = (hex: string): Reader => new Reader(Buffer.from(hex, 'hex'));

test('fixed-size values are big-endian', () => {
  expect(reader('01').bool()).toBe(true);
  expect(reader('02').bool()).toBe(true);
  expect(reader('ff').int8()).toBe(-1);
  expect(reader('8000').int16()).toBe(-32768);
  expect(reader('ffff').uint16()).toBe(65535);
  expect(reader('fffffffe').int32()).toBe(-2);
  expect(reader('fffffffe').uint32()).toBe(4294967294);
  expect(reader('ffffffffffffffff').int64()).toBe(-1);
  expect(reader('8000000000000001').bigint64()).toBe(-(2n ** 63n) + 1n);
  expect(reader('3fe0000000000000').float64()).toBe(0.5);
});

test('a varint takes one to five bytes', () => {
  expect(reader('00').uvarint()).toBe(0);
  expect(reader('7f').uvarint()).toBe(127);
  expect(reader('8001').uvarint()).toBe(128);
  expect(reader('ffffffff0f').uvarint()).toBe(4294967295);
  expect(() => reader('ffffffffff01').uvarint()).toThrow('varint longer than 5 bytes');
  expect(() => reader('ff').uvarint()).toThrow(WireError);
});

describe('text', () => {
  test.each(['', 'orders', 'zürich', 'o'.repeat(25), 'ü'.repeat(20)])('%j reads back', (text) => {
    const bytes = Buffer.from(text);
    expect(new Reader(bytes).text(bytes.length)).toBe(text);
  });

  test('no size is null, more than 32,767 bytes are refused', () => {
    expect(reader('').text(-1)).toBe(null);
    expect(new Reader(Buffer.alloc(32767)).text(32767)).toHaveLength(32767);
    expect(() => new Reader(Buffer.alloc(40000)).text(32768)).toThrow('string of 32768 bytes');
  });
});

test('raw bytes are a view', () => {
  const frame = Buffer.from('abcd');
  const view = new Reader(frame, 1).raw(2);
  frame[1] = 0x78;
  expect(view?.toString()).toBe('xc');
});

test('nothing is read beyond the end of the frame, even where its buffer goes on', () => {
  const frame = Buffer.from('00000000', 'hex').subarray(0, 2);
  expect(() => new Reader(frame).int32()).toThrow('4 bytes wanted at 0, 2 left');
  expect(() => new Reader(frame).take(-1)).toThrow(WireError);
  expect(() => new Reader(frame).raw(3)).toThrow(WireError);
});

test('what is left over can be asked for', () => {
  const left = reader('000000');
  left.int8();
  expect(left.remaining).toBe(2);
  expect(() => left.done()).toThrow('2 bytes left over');
});
