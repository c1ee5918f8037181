import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { protocolPage } from '../scripts/protocol-coverage.ts';

test('docs/protocol.md says what the routes say', () => {
  expect(readFileSync(new URL('../docs/protocol.md', import.meta.url), 'utf8')).toBe(protocolPage());
});
