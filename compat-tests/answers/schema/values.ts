import type { Field, Shape } from '../../../src/wire/index.ts';
import { ZERO_UUID } from '../../../src/base/index.ts';
import { batch } from '../batches.ts';
import type { Said } from '../fit.ts';

/** What requests made from schemas are about: things that are there. */
export interface Known {
  readonly topic: string;
  readonly topicId: string;
  /** A name that nothing has yet. */
  readonly fresh: string;
}

/** A request with one thing about it that is worth asking. */
export interface Variant {
  readonly label: string;
  readonly value: Said;
}

const LONG = 'x'.repeat(300);
export const unknownId = '0123456789abcdefABCDEg';

/** What a field of this name means in every request that has it; what is not here is at its default. */
const meant: Readonly<Record<string, (known: Known, path: string) => unknown>> = {
  name: ({ topic }, path) => (/configs/.test(path) ? 'retention.ms' : /protocols/.test(path) ? 'range' : topic),
  topic: ({ topic }) => topic,
  topicName: ({ topic }) => topic,
  topicNames: ({ topic }) => [topic],
  subscribedTopicNames: ({ topic }) => [topic],
  topicId: ({ topicId }) => topicId,
  groupId: ({ fresh }) => fresh,
  groupIds: ({ fresh }) => [fresh],
  groups: ({ fresh }) => [fresh],
  groupsNames: ({ fresh }) => [fresh],
  key: ({ fresh }) => fresh,
  coordinatorKeys: ({ fresh }) => [fresh],
  transactionalIds: ({ fresh }) => [fresh],
  transactionalId: ({ fresh }) => fresh,
  v3AndBelowTransactionalId: ({ fresh }) => fresh,
  resourceType: () => 2,
  resourceName: ({ topic }) => topic,
  resourceTypeFilter: () => 2,
  operation: () => 3,
  permissionType: () => 3,
  configurationKeys: () => ['retention.ms'],
  value: () => '3600000',
  acks: () => -1,
  records: () => batch(['a']),
  timeoutMs: () => 30_000,
  transactionTimeoutMs: () => 5000,
  sessionTimeoutMs: () => 10_000,
  rebalanceTimeoutMs: () => 10_000,
  protocolType: () => 'made',
  maxBytes: () => 1_000_000,
  partitionMaxBytes: () => 1_000_000,
  numPartitions: () => 2,
  count: () => 2,
  replicationFactor: () => 1,
  clientSoftwareName: () => 'made',
  clientSoftwareVersion: () => '1',
  committedMetadata: () => 'made',
};

/** One element in every array, each at its defaults. */
export function smallest(shape: Shape): Said {
  return struct(shape, '', (field) => (field.spec.kind === 'array' ? undefined : field.spec.default));
}

/** One element in every array, and values that mean something wherever a field's name tells what it means. */
export function meaningful(shape: Shape, version: number, known: Known): Said {
  return struct(shape, '', (field, name, path) => {
    const { spec } = field;
    const value = meant[name]?.(known, path);
    const carried = version >= spec.since && version <= spec.until;
    const fits = Array.isArray(value)
      ? spec.kind === 'array' && spec.element?.spec.shape === undefined
      : typed(spec.kind, value);
    if (carried && value !== undefined && fits && !(name === 'transactionalId' && spec.nullableSince <= version))
      return value;
    return spec.kind === 'array' ? undefined : spec.default;
  });
}

function typed(kind: string, value: unknown): boolean {
  if (kind === 'string' || kind === 'uuid') return typeof value === 'string';
  return kind === 'records' || kind === 'bytes'
    ? Buffer.isBuffer(value)
    : typeof value === 'number' && kind !== 'array';
}

/** Builds a value; where `choose` has none, structs go on inside, and arrays get one element. */
function struct(shape: Shape, path: string, choose: (field: Field, name: string, path: string) => unknown): Said {
  const made = (field: Field, name: string, at: string): unknown => {
    const { spec } = field;
    const chosen = choose(field, name, at);
    if (chosen !== undefined && (chosen !== null || spec.tag !== undefined || spec.shape === undefined)) return chosen;
    if (spec.kind === 'array') return [made(spec.element as Field, '', at)];
    return spec.shape === undefined ? plain(spec.kind) : struct(spec.shape, at, choose);
  };
  return Object.fromEntries(
    Object.entries(shape).map(([name, field]) => [name, made(field, name, path === '' ? name : `${path}.${name}`)]),
  );
}

/** The kinds without a default of their own. */
const plain = (kind: string): unknown => (kind === 'records' ? Buffer.alloc(0) : undefined);

const borders: Readonly<Record<string, readonly unknown[]>> = {
  int8: [-1, -128, 127],
  int16: [-1, -32_768, 32_767],
  uint16: [0, 65_535],
  int32: [-1, -(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  int64: [-1, -(2 ** 63), 2 ** 63],
  bigint64: [-1n, -(2n ** 63n), 2n ** 63n - 1n],
  float64: [-1, NaN, Number.MAX_VALUE],
  uuid: [ZERO_UUID, unknownId],
};

/** The value with one field after another taken to each of its borders. `make` gives the value anew, with fresh names. `nobody` has no meaning. */
export function variants(shape: Shape, version: number, make: () => Said, nobody: string): Variant[] {
  return bordersOf(shape, version, make(), '').map(({ label, path, value }) => ({
    label,
    value: replaced(make(), path, named(value, nobody)) as Said,
  }));
}

/** No other conversation may mean the same by a name that means nothing. */
const named = (value: unknown, nobody: string): unknown =>
  value === 'nobody' ? nobody : value === LONG ? nobody.padEnd(LONG.length, 'x') : value;

interface Border {
  readonly label: string;
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

function bordersOf(shape: Shape, version: number, value: Said, above: string): Border[] {
  return Object.entries(shape)
    .filter(([, { spec }]) => version >= spec.since && version <= spec.until)
    .flatMap(([name, field]) => {
      const label = above === '' ? name : `${above}.${name}`;
      return fieldBorders(field, version, value[name], label).map((each) => ({ ...each, path: [name, ...each.path] }));
    });
}

function fieldBorders({ spec }: Field, version: number, value: unknown, label: string): Border[] {
  const own = (values: readonly unknown[]): Border[] =>
    values
      .filter((each) => !Object.is(each, value))
      .map((each) => ({ label: `${label} ${shown(each)}`, path: [], value: each }));
  const nullish = version >= spec.nullableSince ? [null] : [];
  if (spec.kind === 'array') {
    const first = (value as unknown[] | null)?.[0];
    const whole = own([[], ...nullish]);
    if (first === undefined) return whole;
    const inside = fieldBorders(spec.element as Field, version, first, `${label}[0]`);
    return [
      ...whole,
      { label: `${label} the same twice`, path: [], value: [first, first] },
      ...inside.map((each) => ({ ...each, path: [0, ...each.path] })),
    ];
  }
  if (spec.shape !== undefined) {
    if (value === null) return [];
    return [...own(nullish), ...bordersOf(spec.shape, version, value as Said, label)];
  }
  switch (spec.kind) {
    case 'bool':
      return own([value !== true]);
    case 'string':
      return own(['', 'nobody', LONG, ...nullish]);
    case 'bytes':
    case 'records':
      return own([Buffer.alloc(0), Buffer.from('made'), ...nullish]);
    default:
      return own(borders[spec.kind] ?? []);
  }
}

function replaced(value: unknown, [step, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((each, i) => (i === step ? replaced(each, rest, by) : (each as unknown)));
  const struct = value as Said;
  return { ...struct, [step]: replaced(struct[step], rest, by) };
}

function shown(value: unknown): string {
  if (Buffer.isBuffer(value)) return value.length === 0 ? 'empty' : value.toString();
  if (Array.isArray(value)) return 'empty';
  if (value === '') return 'empty';
  if (typeof value === 'string') return value.length > 50 ? `of ${value.length} characters` : value;
  return value === 2 ** 63 ? String(2n ** 63n - 1n) : String(value);
}
