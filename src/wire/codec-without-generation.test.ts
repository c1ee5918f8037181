import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { codec, generate } from './codec.ts';
import { MetadataRequest } from './messages/index.ts';
import { decodeMessage, encodeMessage } from './whole-message.ts';

const { Function: realFunction } = globalThis;

beforeAll(() => {
  globalThis.Function = function forbidden() {
    throw new EvalError('Code generation from strings disallowed for this context');
  } as unknown as FunctionConstructor;
});
afterAll(() => {
  globalThis.Function = realFunction;
});

test('where code generation is forbidden, the interpretive codec serves', () => {
  expect(() => generate(MetadataRequest, 12)).toThrow(EvalError);
  const frame = encodeMessage(MetadataRequest, 12, { topics: [{ name: 'orders' }] });
  expect(decodeMessage(MetadataRequest, 12, frame)).toMatchObject({ topics: [{ name: 'orders' }] });
  expect(codec(MetadataRequest, 12)).toBe(codec(MetadataRequest, 12));
});
