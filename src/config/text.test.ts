import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalDouble, splitList, wholeNumber } from './text.ts';

describe('whole numbers', () => {
  test('are read as Java reads them', () => {
    expect(wholeNumber('+5', 32)).toBe(5n);
    expect(wholeNumber('007', 32)).toBe(7n);
    expect(['', '-', '1.0', '1e3', '1_000', '0x10', ' 1'].map((text) => wholeNumber(text, 64))).toEqual(
      Array(7).fill(undefined),
    );
  });

  test.each([16, 32, 64])('of %i bits stop at their limits', (bits) => {
    const limit = 2n ** BigInt(bits - 1);
    expect(wholeNumber(String(limit - 1n), bits)).toBe(limit - 1n);
    expect(wholeNumber(String(-limit), bits)).toBe(-limit);
    expect(wholeNumber(String(limit), bits)).toBeUndefined();
    expect(wholeNumber(String(-limit - 1n), bits)).toBeUndefined();
  });

  test('endless digits are refused unread', () => {
    expect(wholeNumber('0'.repeat(1_000_000), 64)).toBeUndefined();
  });
});

describe('doubles', () => {
  test.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [0.5, '0.5'],
    [0.001, '0.001'],
    [0.0001, '1.0E-4'],
    [1e-5, '1.0E-5'],
    [1_234_567, '1234567.0'],
    [12_345_678, '1.2345678E7'],
    [123_456_789_012, '1.23456789012E11'],
    [Number.MAX_VALUE, '1.7976931348623157E308'],
  ])('%d is written as Java writes it: %s', (value, text) => {
    expect(canonicalDouble(value)).toBe(text);
  });

  test('are the same number when read back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(canonicalDouble(value))).toBe(value);
      }),
    );
  });
});

describe('lists', () => {
  test('have blanks around their items removed', () => {
    expect(splitList(' compact ,\tdelete ')).toEqual(['compact', 'delete']);
    expect(splitList(' ')).toEqual([]);
    expect(splitList('a,,b,')).toEqual(['a', '', 'b', '']);
  });
});
