/**
 * The schema language: every Kafka message is one value built from these words.
 *
 * A field says what it is on the wire (its kind), in which versions it lives, and what stands in for it where it
 * is absent. The same value gives the TypeScript types: `Infer` is what a decoder returns (every field there),
 * `Input` is what an encoder takes (fields that some version lacks, or that carry a default, may be left out).
 */
import { ZERO_UUID } from '../base/index.ts';
import type { Chunk } from './later-bytes.ts';

export type ScalarKind =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'bigint64'
  | 'float64'
  | 'string'
  | 'uuid'
  | 'bytes'
  | 'records';

export interface FieldSpec {
  readonly kind: ScalarKind | 'array' | 'struct';
  readonly since: number;
  readonly until: number;
  readonly nullableSince: number;
  readonly tag: number | undefined;
  readonly ignorable: boolean;
  /** False for the one field that keeps its old length prefix in flexible versions. */
  readonly compactable: boolean;
  /** What stands in for the field; `undefined` means empty for an array and all defaults for a struct. */
  readonly default: unknown;
  readonly element: Field | undefined;
  readonly shape: Shape | undefined;
}

/** Whether an encoder's caller must give the field. */
type Need = 'required' | 'optional';

/** `Out` is what the field decodes to, `In` what it is encoded from. Fields are values: each word returns a new one. */
export class Field<Out = unknown, In = unknown, N extends Need = Need> {
  declare readonly out: Out;
  declare readonly in: In;
  declare readonly need: N;
  readonly spec: FieldSpec;

  constructor(spec: FieldSpec) {
    this.spec = spec;
  }

  /** First version that carries the field. */
  since(version: number): Field<Out, In, 'optional'> {
    return new Field({ ...this.spec, since: version });
  }

  /** Last version that carries the field. */
  until(version: number): Field<Out, In, 'optional'> {
    return new Field({ ...this.spec, until: version });
  }

  /** May be null, in versions from `since` on. Its default stays what it was. */
  nullable(since = 0): Field<Out | null, In | null, N> {
    return new Field({ ...this.spec, nullableSince: since });
  }

  /** Stands in for the field where a version or a caller leaves it out. */
  default(value: Out & (string | number | bigint | boolean | null)): Field<Out, In, 'optional'> {
    return new Field({ ...this.spec, default: value });
  }

  /** Goes into the tagged section of flexible versions, and only when it differs from its default. */
  tagged(tag: number): Field<Out, In, 'optional'> {
    return new Field({ ...this.spec, tag });
  }

  /** Dropped without complaint when the version being written cannot carry it. */
  ignorable(): Field<Out, In, N> {
    return new Field({ ...this.spec, ignorable: true });
  }

  /** Keeps the two-byte length in flexible versions: the request header's client id, readable by every broker. */
  neverCompact(): Field<Out, In, N> {
    return new Field({ ...this.spec, compactable: false });
  }
}

export type Shape = { readonly [name: string]: Field };

type Simplify<T> = { [K in keyof T]: T[K] } & {};
type OptionalKeys<S extends Shape> = { [K in keyof S]: 'optional' extends S[K]['need'] ? K : never }[keyof S];

/** What a struct of this shape decodes to. */
type Decoded<S extends Shape> = Simplify<{ -readonly [K in keyof S]: S[K]['out'] }>;

/** What a struct of this shape may be encoded from. */
type Encodable<S extends Shape> = Simplify<
  { readonly [K in Exclude<keyof S, OptionalKeys<S>>]: S[K]['in'] } & {
    readonly [K in OptionalKeys<S>]?: S[K]['in'] | undefined;
  }
>;

const everyVersion = {
  since: 0,
  until: Infinity,
  nullableSince: Infinity,
  tag: undefined,
  ignorable: false,
  compactable: true,
  element: undefined,
  shape: undefined,
} as const;

const scalar = <T>(kind: ScalarKind, fallback: T | null): (() => Field<T, T, 'required'>) => {
  const field = new Field<T, T, 'required'>({ ...everyVersion, kind, default: fallback });
  return () => field;
};

export const bool = scalar<boolean>('bool', false);
export const int8 = scalar<number>('int8', 0);
export const int16 = scalar<number>('int16', 0);
export const uint16 = scalar<number>('uint16', 0);
export const int32 = scalar<number>('int32', 0);
export const uint32 = scalar<number>('uint32', 0);
/** Offsets, timestamps, ids: exact to 2^53, and Long.MAX_VALUE survives the round trip. */
export const int64 = scalar<number>('int64', 0);
/** All 64 bits, for the rare field that needs them. */
export const bigint64 = scalar<bigint>('bigint64', 0n);
export const float64 = scalar<number>('float64', 0);
/** At most 32,767 bytes of UTF-8. Malformed UTF-8 decodes to replacement characters, as in Kafka. */
export const string = scalar<string>('string', '');
/** Sixteen bytes, shown as Kafka shows them: 22 characters of base64url. */
export const uuid = scalar<string>('uuid', ZERO_UUID);
/** Decodes to a view of the frame: copy it if it outlives the request. */
export const bytes = scalar<Buffer>('bytes', Buffer.alloc(0));
/** Record batches, opaque: a view of the frame on the way in, not copied on the way out, or not even read. Has no default. */
export const records = (): Field<Buffer, Chunk, 'required'> => recordsField;
const recordsField = new Field<Buffer, Chunk, 'required'>({ ...everyVersion, kind: 'records', default: null });

export function struct<S extends Shape>(shape: S): Field<Decoded<S>, Encodable<S>, 'required'> {
  return new Field({ ...everyVersion, kind: 'struct', shape, default: undefined });
}

export function array<Out, In>(element: Field<Out, In>): Field<Out[], readonly In[], 'required'>;
export function array<S extends Shape>(element: S): Field<Decoded<S>[], readonly Encodable<S>[], 'required'>;
export function array(element: Shape | Field): Field<unknown[], readonly unknown[], 'required'> {
  const item = element instanceof Field ? element : struct(element);
  return new Field({ ...everyVersion, kind: 'array', element: item, default: undefined });
}

export interface Message<S extends Shape = Shape, N extends string = string> {
  readonly name: N;
  /** The API or record type; -1 for messages that have none, such as headers. */
  readonly apiKey: number;
  readonly versions: readonly [lowest: number, highest: number];
  /** First version with compact lengths and tagged fields; Infinity if there is none. */
  readonly flexibleSince: number;
  readonly shape: S;
}

/** `shape` is asked on first use: a broker that starts pays only for the messages it meets. */
export function message<S extends Shape, const N extends string>(
  name: N,
  facts: { apiKey?: number; versions: readonly [lowest: number, highest: number]; flexibleSince?: number },
  shape: () => S,
): Message<S, N> {
  const { apiKey = -1, versions, flexibleSince = Infinity } = facts;
  let built: S | undefined;
  return {
    name,
    apiKey,
    versions,
    flexibleSince,
    get shape() {
      return (built ??= shape());
    },
  };
}

/** What a message decodes to, in any version: every field there, absent ones at their defaults. */
export type Infer<M extends Message> = Decoded<M['shape']>;
/** What a message may be encoded from. */
export type Input<M extends Message> = Encodable<M['shape']>;
