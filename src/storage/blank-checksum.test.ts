import { expect, test } from '@jest/globals';
import { withChecksum, withoutChecksum } from './blank-checksum.ts';

const text = '0\n2\norders 0 17\norders 1 4\n';

test('a checksum lies in blanks at the end of the last line, where readers pass over it', () => {
  expect(withChecksum(text).trimEnd()).toBe(text.trimEnd());
  expect(withChecksum(text).split('\n').length).toBe(text.split('\n').length);
  expect(withoutChecksum(withChecksum(text))).toBe(text);
  expect(withoutChecksum(withChecksum('{}'))).toBe('{}');
});

test('a text that others wrote has none', () => {
  expect(withoutChecksum(text)).toBe(text);
});

test('any flipped bit is found, those of the checksum included', () => {
  const good = Buffer.from(withChecksum(text));
  for (let bit = 0; bit < good.length * 8; bit++) {
    const bad = Buffer.from(good);
    bad.writeUInt8(bad.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    // Without its last line end a checkpoint is not read either.
    if (bit >> 3 < good.length - 1) expect(withoutChecksum(bad.toString())).toBeUndefined();
  }
});
