import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { uuidText } from './uuid-text.ts';

describe('the text of a uuid', () => {
  test('is its base64url, whatever was read before', () => {
    const uuid = fc.oneof(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      // Few different bytes: many share a place.
      fc.array(fc.constantFrom(0, 1, 255), { minLength: 16, maxLength: 16 }).map((bytes) => Uint8Array.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(uuid, { maxLength: 50 }), fc.nat(5), (uuids, skipped) => {
        for (const bytes of [...uuids, ...uuids]) {
          const buffer = Buffer.concat([Buffer.alloc(skipped, 7), bytes]);
          const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
          expect(uuidText(buffer, view, skipped)).toBe(Buffer.from(bytes).toString('base64url'));
        }
      }),
    );
  });
});
