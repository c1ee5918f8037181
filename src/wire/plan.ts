/** A message's shape settled for one version: what is on the wire, in order, and what is not. */
import type { Field, FieldSpec, Infer, Message, Shape } from './schema.ts';
import { WireError } from './wire-error.ts';

export interface FieldPlan {
  readonly name: string;
  readonly kind: FieldSpec['kind'];
  readonly nullable: boolean;
  readonly ignorable: boolean;
  /** Whether its length is a varint, as in flexible versions. */
  readonly compact: boolean;
  /** `undefined` means empty for an array and all defaults for a struct. */
  readonly default: unknown;
  readonly tag: number | undefined;
  readonly element: FieldPlan | undefined;
  readonly struct: StructPlan | undefined;
  /** The fewest bytes it can take on the wire: what bounds the count of an array of them. */
  readonly leastBytes: number;
  /** How many values it decodes to, arrays being empty: what bounds the memory of an array of them. */
  readonly values: number;
}

export interface StructPlan {
  /** From the message's name down: `ProduceRequest.topicData.partitionData`. */
  readonly path: string;
  readonly flexible: boolean;
  /** Every field, in declared order: the order of a decoded object's properties. */
  readonly all: readonly FieldPlan[];
  readonly wire: readonly FieldPlan[];
  /** In the order of their tags. */
  readonly tagged: readonly FieldPlan[];
  readonly absent: readonly FieldPlan[];
  readonly leastBytes: number;
}

/** Throws WireError if the message has no such version. */
export function planFor(message: Message, version: number): StructPlan {
  checkVersion(message, version);
  return planStruct(message.shape, message.name, version, version >= message.flexibleSince);
}

export function checkVersion(message: Message, version: number): void {
  const [lowest, highest] = message.versions;
  if (!Number.isInteger(version) || version < lowest || version > highest) {
    throw new WireError(`${message.name} has versions ${lowest} to ${highest}, not ${version}`);
  }
}

/** A value with every field at its default. */
export function defaults<M extends Message>(message: M, version: number): Infer<M> {
  checkVersion(message, version);
  return defaultsOf(message.shape) as Infer<M>;
}

function defaultsOf(shape: Shape): Record<string, unknown> {
  return Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, defaultOf(field)]));
}

export function defaultOf({ spec }: Field): unknown {
  if (spec.default !== undefined) return spec.default;
  return spec.kind === 'array' ? [] : defaultsOf(spec.shape as Shape);
}

export function valuesOf({ shape }: FieldSpec): number {
  if (shape === undefined) return 1;
  return Object.values(shape).reduce((sum, { spec }) => sum + valuesOf(spec), 1);
}

const fixedBytes: Partial<Record<FieldSpec['kind'], number>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  bigint64: 8,
  float64: 8,
  uuid: 16,
};

function planStruct(shape: Shape, path: string, version: number, flexible: boolean): StructPlan {
  const all: FieldPlan[] = [];
  const wire: FieldPlan[] = [];
  const tagged: FieldPlan[] = [];
  const absent: FieldPlan[] = [];
  for (const [name, field] of Object.entries(shape)) {
    const plan = planField(field, name, `${path}.${name}`, version, flexible);
    const { since, until, tag } = field.spec;
    all.push(plan);
    (version < since || version > until ? absent : tag === undefined ? wire : tagged).push(plan);
  }
  tagged.sort((a, b) => (a.tag as number) - (b.tag as number));
  const leastBytes = wire.reduce((sum, field) => sum + field.leastBytes, flexible ? 1 : 0);
  return { path, flexible, all, wire, tagged, absent, leastBytes };
}

function planField({ spec }: Field, name: string, path: string, version: number, flexible: boolean): FieldPlan {
  const struct = spec.shape && planStruct(spec.shape, path, version, flexible);
  const nullable = version >= spec.nullableSince;
  const compact = flexible && spec.compactable;
  const prefixBytes = compact ? 1 : spec.kind === 'string' ? 2 : 4;
  return {
    name,
    kind: spec.kind,
    nullable,
    ignorable: spec.ignorable,
    compact,
    default: spec.default,
    tag: spec.tag,
    element: spec.element && planField(spec.element, 'item', path, version, flexible),
    struct,
    values: valuesOf(spec),
    leastBytes: struct ? (nullable ? 1 : struct.leastBytes) : (fixedBytes[spec.kind] ?? prefixBytes),
  };
}
