/**
 * The plain reading of a schema: every step decided while running. It is the one to believe, so the generated codecs
 * are tested against it; it names the field where a frame or a value is at fault; and it serves where generating
 * code is forbidden.
 */
import { defaultOf, valuesOf } from './plan.ts';
import type { Reader } from './reader.ts';
import type { Field, FieldSpec, Message, Shape } from './schema.ts';
import { WireError } from './wire-error.ts';
import type { Writer } from './writer.ts';

type Values = Record<string, unknown>;

interface Version {
  readonly number: number;
  readonly flexible: boolean;
}

export interface UntypedCodec {
  encode(writer: Writer, value: unknown): void;
  decode(reader: Reader): unknown;
}

export function interpret(message: Message, number: number): UntypedCodec {
  const version = { number, flexible: number >= message.flexibleSince };
  return {
    encode: (writer, value) => naming(message.name, () => writeStruct(writer, message.shape, value as Values, version)),
    decode: (reader) => naming(message.name, () => readStruct(reader, message.shape, version)),
  };
}

function naming<T>(segment: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw error instanceof WireError ? error.within(segment) : error;
  }
}

const isPresent = (spec: FieldSpec, version: Version): boolean =>
  version.number >= spec.since && version.number <= spec.until;
const isNullable = (spec: FieldSpec, version: Version): boolean => version.number >= spec.nullableSince;
const isCompact = (spec: FieldSpec, version: Version): boolean => version.flexible && spec.compactable;

function isDefault({ spec }: Field, value: unknown): boolean {
  if (spec.default === null) return value === null;
  if (spec.kind === 'array') return (value as unknown[] | null)?.length === 0;
  if (spec.kind === 'bytes') return (value as Buffer | null)?.length === 0;
  if (spec.kind !== 'struct') return value === spec.default;
  return (
    value !== null &&
    Object.entries(spec.shape as Shape).every(([name, field]) => {
      const inner = (value as Values)[name];
      return inner === undefined || isDefault(field, inner);
    })
  );
}

function writeStruct(writer: Writer, shape: Shape, value: Values, version: Version): void {
  const tagged: { tag: number; name: string; spec: FieldSpec; value: unknown }[] = [];
  for (const [name, field] of Object.entries(shape)) {
    const { spec } = field;
    const given = value[name] === undefined ? defaultOf(field) : value[name];
    if (!isPresent(spec, version)) {
      if (!spec.ignorable && !isDefault(field, given)) {
        throw new WireError(`cannot be written in version ${version.number}`).within(`.${name}`);
      }
    } else if (spec.tag !== undefined) {
      if (!isDefault(field, given)) tagged.push({ tag: spec.tag, name, spec, value: given });
    } else {
      naming(`.${name}`, () => writeValue(writer, spec, given, version));
    }
  }
  if (!version.flexible) return;
  writer.uvarint(tagged.length);
  tagged.sort((a, b) => a.tag - b.tag);
  for (const { tag, name, spec, value: given } of tagged) {
    writer.uvarint(tag);
    const section = writer.openSection();
    naming(`.${name}`, () => writeValue(writer, spec, given, version));
    writer.closeSection(section);
  }
}

function writeValue(writer: Writer, spec: FieldSpec, value: unknown, version: Version): void {
  if (value === null && !isNullable(spec, version)) throw new WireError('must not be null');
  switch (spec.kind) {
    case 'string':
      if (value === null) writeSize(writer, spec, null, version);
      else if (isCompact(spec, version)) writer.compactString(value as string);
      else writer.string(value as string);
      return;
    case 'bytes':
    case 'records': {
      const given = value as Buffer | null;
      writeSize(writer, spec, given, version);
      if (given !== null) writer.raw(given);
      return;
    }
    case 'array': {
      const items = value as unknown[] | null;
      writeSize(writer, spec, items, version);
      const element = (spec.element as Field).spec;
      items?.forEach((item, i) => naming(`[${i}]`, () => writeValue(writer, element, item, version)));
      return;
    }
    case 'struct':
      if (isNullable(spec, version)) writeMarker(writer, spec, value !== null);
      if (value !== null) writeStruct(writer, spec.shape as Shape, value as Values, version);
      return;
    default:
      writer[spec.kind](value as never);
  }
}

function writeSize(writer: Writer, spec: FieldSpec, value: { length: number } | null, version: Version): void {
  if (isCompact(spec, version)) writer.uvarint(value === null ? 0 : value.length + 1);
  else if (spec.kind === 'string') writer.int16(-1);
  else writer.int32(value === null ? -1 : value.length);
}

/** Whether a nullable struct follows: a byte of -1 or 1, but in a tagged section a varint of 0 or 1. */
function writeMarker(writer: Writer, spec: FieldSpec, follows: boolean): void {
  if (spec.tag === undefined) writer.int8(follows ? 1 : -1);
  else writer.uvarint(follows ? 1 : 0);
}

function readMarker(reader: Reader, spec: FieldSpec): boolean {
  return spec.tag === undefined ? reader.int8() >= 0 : reader.uvarint() > 0;
}

function readStruct(reader: Reader, shape: Shape, version: Version): Values {
  const value: Values = {};
  for (const [name, field] of Object.entries(shape)) {
    const onWire = isPresent(field.spec, version) && field.spec.tag === undefined;
    value[name] = onWire ? naming(`.${name}`, () => readValue(reader, field.spec, version)) : defaultOf(field);
  }
  if (version.flexible) readTagged(reader, shape, version, value);
  return value;
}

function readTagged(reader: Reader, shape: Shape, version: Version, value: Values): void {
  for (let left = reader.uvarint() | 0; left > 0; left--) {
    const tag = reader.uvarint();
    const size = reader.uvarint();
    const end = reader.position + size;
    const known = Object.entries(shape).find(([, field]) => field.spec.tag === tag && isPresent(field.spec, version));
    if (known) value[known[0]] = naming(`.${known[0]}`, () => readValue(reader, known[1].spec, version));
    else reader.take(size);
    if (reader.position !== end) throw new WireError(`tag ${tag} is not ${size} bytes long`);
  }
}

function readValue(reader: Reader, spec: FieldSpec, version: Version): unknown {
  const orNull = <T>(value: T | null): T | null => (isNullable(spec, version) ? value : reader.present(value));
  switch (spec.kind) {
    case 'string':
      return orNull(reader.text(readSize(reader, spec, version)));
    case 'bytes':
    case 'records':
      return orNull(reader.raw(readSize(reader, spec, version)));
    case 'array': {
      const count = readSize(reader, spec, version);
      const element = (spec.element as Field).spec;
      const items = orNull(reader.elements(count, 1, valuesOf(element)));
      if (items === null) return null;
      for (let i = 0; i < count; i++) items[i] = naming(`[${i}]`, () => readValue(reader, element, version));
      return items;
    }
    case 'struct':
      if (isNullable(spec, version) && !readMarker(reader, spec)) return null;
      return readStruct(reader, spec.shape as Shape, version);
    default:
      return reader[spec.kind]();
  }
}

function readSize(reader: Reader, spec: FieldSpec, version: Version): number {
  // Signed, as Kafka reads it: what is beyond 2^31 is null like any negative size.
  if (isCompact(spec, version)) return (reader.uvarint() | 0) - 1;
  return spec.kind === 'string' ? reader.int16() : reader.int32();
}
