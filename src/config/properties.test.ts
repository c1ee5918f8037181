import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseProperties } from './properties.ts';

const parsed = (text: string): Record<string, string> => Object.fromEntries(parseProperties(text));

describe('a .properties file', () => {
  test('separates key and value by =, : or a blank', () => {
    expect(parsed('a=1\nb: 2\nc 3\r\nd\t=\t4\re')).toEqual({ a: '1', b: '2', c: '3', d: '4', e: '' });
  });

  test('has comments and empty lines', () => {
    expect(parsed('# one\n\n  ! two\n a=#no comment\n')).toEqual({ a: '#no comment' });
  });

  test('keeps the blanks after a value, not those before it', () => {
    expect(parsed('a =  b  ')).toEqual({ a: 'b  ' });
  });

  test('goes on in the next line after a backslash', () => {
    expect(parsed('log.dirs=/a,\\\n    /b,\\\r\n  /c\nx=1')).toEqual({ 'log.dirs': '/a,/b,/c', x: '1' });
    expect(parsed('a=b\\\\\nc=d')).toEqual({ a: 'b\\', c: 'd' });
    expect(parsed('a=\\')).toEqual({ a: '' });
  });

  test('takes a line after a lone backslash for a line of its own', () => {
    expect(parsed('\\\n# comment\na=1')).toEqual({ a: '1' });
  });

  test('knows escapes', () => {
    expect(parsed('a\\=b\\:c\\ d=\\t\\n\\u00e9\\q\\\\')).toEqual({ 'a=b:c d': '\t\néq\\' });
    expect(parsed('a=\\u12')).toEqual({ a: 'u12' });
  });

  test('lets the last of equal keys count', () => {
    expect(parsed('a=1\na=2')).toEqual({ a: '2' });
  });

  test('gives back whatever was escaped into it', () => {
    const escape = (text: string): string =>
      text.replace(/[^a-zA-Z0-9]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
    const pairs = fc.dictionary(fc.string({ minLength: 1 }), fc.string());
    fc.assert(
      fc.property(pairs, (properties) => {
        const lines = Object.entries(properties).map(([key, value]) => `${escape(key)} = ${escape(value)}`);
        expect(parseProperties(lines.join('\n'))).toEqual(new Map(Object.entries(properties)));
      }),
    );
  });

  test('of any text is read without complaint', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '=', ':', ' ', '\\', '\n', '\r', '#', 'u', '0', '\t') }),
        (text) => {
          expect(parseProperties(text).size).toBeLessThanOrEqual(text.length);
        },
      ),
    );
  });
});
