import { expect, test } from '@jest/globals';
import { interpret } from './interpret.ts';
import { array, int32, message, string, struct } from './schema.ts';
import { Writer } from './writer.ts';

const order = message('Order', { versions: [0, 1], flexibleSince: 1 }, () => ({
  lines: array({ item: string(), address: struct({ city: string() }).tagged(0).since(1) }),
  total: int32().since(1),
}));

test('a value that cannot be written is refused by the name of its field', () => {
  const writing = (version: number, value: unknown) => () => interpret(order, version).encode(new Writer(), value);
  expect(writing(1, { lines: [{ item: 'a' }, { item: null }] })).toThrow('Order.lines[1].item: must not be null');
  expect(writing(1, { lines: [{ item: 'a', address: { city: null } }] })).toThrow(
    'Order.lines[0].address.city: must not',
  );
  expect(writing(0, { lines: [], total: 3 })).toThrow('Order.total: cannot be written in version 0');
  expect(writing(0, { lines: [], total: 0 })).not.toThrow();
});
