import { planFor, type FieldPlan, type StructPlan } from '../../../src/wire/plan.ts';
import type { Message } from '../../../src/wire/index.ts';
import type { Said } from '../fit.ts';

/** A place in a request's body where bytes can be put that lie. */
export interface Place {
  readonly path: string;
  /** What stands there: the size of a field, a truth value, a struct's number of tagged fields. */
  readonly kind: 'array' | 'string' | 'bytes' | 'bool' | 'tags';
  readonly at: number;
  readonly bytes: number;
  /** What a size says; how many tagged fields there are. */
  readonly count: number;
  readonly compact: boolean;
  readonly nullable: boolean;
}

export interface Layout {
  readonly body: Buffer;
  readonly places: readonly Place[];
}

/**
 * A request's body, and where in it what stands. Written apart from the broker's own codecs, whose mistakes it would
 * otherwise share.
 */
export function layOut(message: Message, version: number, value: Said): Layout {
  const layout = new Draft();
  layout.struct(planFor(message, version), '', value);
  return { body: Buffer.concat(layout.chunks), places: layout.places };
}

class Draft {
  readonly chunks: Buffer[] = [];
  readonly places: Place[] = [];
  #at = 0;

  struct(plan: StructPlan, path: string, value: Said): void {
    for (const field of plan.wire) this.field(field, path === '' ? field.name : `${path}.${field.name}`, value);
    if (plan.flexible) this.#place(path, 'tags', { count: 0, compact: true, nullable: false }, uvarint(0));
  }

  field(field: FieldPlan, path: string, value: Said): void {
    this.#value(field, path, value[field.name]);
  }

  #value(field: FieldPlan, path: string, value: unknown): void {
    const { kind, nullable, compact } = field;
    if (kind === 'struct') {
      if (nullable) this.#bytes(Buffer.from([value === null ? 0xff : 1]));
      if (value !== null) this.struct(field.struct as StructPlan, path, value as Said);
    } else if (kind === 'array') {
      const items = value as readonly unknown[] | null;
      const count = items?.length ?? -1;
      this.#place(path, 'array', { count, compact, nullable }, size('array', compact, count));
      for (const [i, item] of (items ?? []).entries()) this.#value(field.element as FieldPlan, `${path}[${i}]`, item);
    } else if (kind === 'string' || kind === 'bytes' || kind === 'records') {
      const bytes = typeof value === 'string' ? Buffer.from(value) : (value as Buffer | null);
      const count = bytes?.length ?? -1;
      const what = kind === 'string' ? 'string' : 'bytes';
      this.#place(path, what, { count, compact, nullable }, size(what, compact, count));
      this.#bytes(bytes ?? Buffer.alloc(0));
    } else if (kind === 'bool') {
      this.#place(path, 'bool', { count: 0, compact: false, nullable }, Buffer.from([value === true ? 1 : 0]));
    } else this.#bytes(scalar(kind, value));
  }

  #place(path: string, kind: Place['kind'], facts: Pick<Place, 'count' | 'compact' | 'nullable'>, bytes: Buffer): void {
    this.places.push({ path, kind, at: this.#at, bytes: bytes.length, ...facts });
    this.#bytes(bytes);
  }

  #bytes(bytes: Buffer): void {
    this.chunks.push(bytes);
    this.#at += bytes.length;
  }
}

/** How many elements or bytes follow, as such a field says it; -1 says null. */
export function size(kind: Place['kind'], compact: boolean, count: number): Buffer {
  if (compact) return uvarint(count + 1);
  const bytes = Buffer.alloc(kind === 'string' ? 2 : 4);
  if (kind === 'string') bytes.writeInt16BE(count);
  else bytes.writeInt32BE(count);
  return bytes;
}

export function uvarint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value >>> 0;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function scalar(kind: FieldPlan['kind'], value: unknown): Buffer {
  if (kind === 'uuid') return Buffer.from(value as string, 'base64url');
  const bytes = Buffer.alloc(8);
  if (kind === 'float64') {
    bytes.writeDoubleBE(value as number);
    return bytes;
  }
  bytes.writeBigInt64BE(typeof value === 'bigint' ? value : long(value as number));
  const width = { int8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4 }[kind as string] ?? 8;
  return bytes.subarray(8 - width);
}

const longest = 2n ** 63n - 1n;
const long = (value: number): bigint => (value >= 2 ** 63 ? longest : BigInt(value));
