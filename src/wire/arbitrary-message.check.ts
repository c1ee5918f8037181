/** For tests: values of any message in any version, drawn from its schema: the edges often, the middle sometimes. */
import type { SeededRandom } from '../base/index.ts';
import * as exported from './messages/index.ts';
import { planFor, type FieldPlan, type StructPlan } from './plan.ts';
import type { Message } from './schema.ts';

/** Every message there is, by name. */
export const everyMessage: readonly Message[] = Object.values<unknown>({ ...exported }).filter(isMessage);

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 'flexibleSince' in value;
}

export function versionsOf(message: Message): number[] {
  const [lowest, highest] = message.versions;
  return Array.from({ length: highest - lowest + 1 }, (_, i) => lowest + i);
}

/** Everything that this version carries is drawn, tagged fields half of the time; the rest is at its default. */
export function arbitraryMessage(message: Message, version: number, random: SeededRandom): Record<string, unknown> {
  return arbitraryStruct(planFor(message, version), random);
}

function arbitraryStruct(plan: StructPlan, random: SeededRandom): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const field of plan.all) {
    const here = plan.wire.includes(field) || (plan.tagged.includes(field) && random.chance(50));
    value[field.name] = here ? arbitraryValue(field, random) : defaultOf(field);
  }
  return value;
}

function defaultOf(field: FieldPlan): unknown {
  if (field.default !== undefined) return field.default;
  if (field.struct === undefined) return [];
  return Object.fromEntries(field.struct.all.map((inner) => [inner.name, defaultOf(inner)]));
}

const texts = [
  '',
  'a',
  'orders',
  'zürich',
  '日本',
  '😀',
  'x'.repeat(42),
  'x'.repeat(43),
  'é'.repeat(100),
  'y'.repeat(300),
];
const sizes = [0, 1, 61, 126, 127, 128, 511, 512, 513, 2000];
const counts = [0, 0, 1, 1, 2, 3];
const longs = [
  0,
  1,
  -1,
  127,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  -(2 ** 32),
  -(2 ** 40) - 7,
  2 ** 53 - 1,
  1 - 2 ** 53,
  2 ** 63,
];
const signed = (bits: number): number[] => [0, 1, -1, 2 ** (bits - 1) - 1, -(2 ** (bits - 1)), 42];
const unsigned = (bits: number): number[] => [0, 1, 2 ** bits - 1, 2 ** (bits - 1), 42];

function arbitraryValue(field: FieldPlan, random: SeededRandom): unknown {
  if (field.nullable && random.chance(20)) return null;
  switch (field.kind) {
    case 'bool':
      return random.chance(50);
    case 'int8':
      return random.pick(signed(8));
    case 'int16':
      return random.pick(signed(16));
    case 'uint16':
      return random.pick(unsigned(16));
    case 'int32':
      return random.pick(signed(32));
    case 'uint32':
      return random.pick(unsigned(32));
    case 'int64':
      return random.pick(longs);
    case 'bigint64':
      return random.bytes(8).readBigInt64BE();
    case 'float64':
      return random.pick([0, -0.5, 1e300, Math.PI]);
    case 'string':
      return random.chance(1) ? 'z'.repeat(32767) : random.pick(texts);
    case 'uuid':
      return random.bytes(16).toString('base64url');
    case 'bytes':
    case 'records':
      return Buffer.alloc(random.pick(sizes), random.below(256));
    case 'array':
      return Array.from({ length: random.chance(2) ? 130 : random.pick(counts) }, () =>
        arbitraryValue(field.element as FieldPlan, random),
      );
    case 'struct':
      return arbitraryStruct(field.struct as StructPlan, random);
  }
}
