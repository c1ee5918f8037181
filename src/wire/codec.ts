/**
 * Codecs: a message's bytes in one version, written and read by code made for just that.
 *
 * On first use of a version its plan becomes one straight-line function per struct. Runs of fixed-size fields are
 * checked for room once; decoded objects are literals with every field in declared order, so all versions of a
 * message share one hidden class. Where generating code is forbidden, the interpretive codec serves.
 */
import { getInt64, setInt64 } from './int64.ts';
import { interpret, type UntypedCodec } from './interpret.ts';
import { planFor, type FieldPlan, type StructPlan } from './plan.ts';
import type { Reader } from './reader.ts';
import type { Infer, Input, Message } from './schema.ts';
import { WireError } from './wire-error.ts';
import type { Writer } from './writer.ts';

export interface Codec<M extends Message = Message> {
  /** Throws WireError if the value cannot be said in this version; the writer must then be reset. */
  encode(writer: Writer, value: Input<M>): void;
  /** Throws WireError if the bytes are no such message. Byte fields are views of the reader's buffer. */
  decode(reader: Reader): Infer<M>;
}

const made = new WeakMap<Message, (UntypedCodec | undefined)[]>();

/** The codec of one version, made on first use. Throws WireError if the message has no such version. */
export function codec<M extends Message>(message: M, version: number): Codec<M> {
  let versions = made.get(message);
  if (versions === undefined) made.set(message, (versions = []));
  return (versions[version] ??= make(message, version)) as Codec<M>;
}

function make(message: Message, version: number): UntypedCodec {
  const plan = planFor(message, version);
  return mayGenerate() ? evaluate(source(plan)) : interpret(message, version);
}

let permission: boolean | undefined;

/** Asked once: an embedding application may run with code generation switched off. */
function mayGenerate(): boolean {
  if (permission === undefined) {
    try {
      new Function('');
      permission = true;
    } catch {
      permission = false;
    }
  }
  return permission;
}

/** The generated codec, whatever the cache holds; the tests compare it with the interpretive one. */
export function generate(message: Message, version: number): UntypedCodec {
  return evaluate(source(planFor(message, version)));
}

function evaluate(text: string): UntypedCodec {
  const make = new Function('setInt64', 'getInt64', 'WireError', 'noBytes', text) as (
    ...known: unknown[]
  ) => UntypedCodec;
  return make(setInt64, getInt64, WireError, Buffer.alloc(0));
}

interface Fixed {
  readonly size: number;
  readonly set: (at: string, value: string) => string;
  readonly get: (at: string) => string;
}

const viaView = (size: number, type: string): Fixed => ({
  size,
  set: (at, value) => `v.set${type}(${at}, ${value})`,
  get: (at) => `v.get${type}(${at})`,
});

/** Kinds whose neighbours can share one check for room. */
const fixed: Partial<Record<FieldPlan['kind'], Fixed>> = {
  bool: { size: 1, set: (at, value) => `v.setUint8(${at}, ${value} ? 1 : 0)`, get: (at) => `v.getUint8(${at}) !== 0` },
  int8: viaView(1, 'Int8'),
  int16: viaView(2, 'Int16'),
  uint16: viaView(2, 'Uint16'),
  int32: viaView(4, 'Int32'),
  uint32: viaView(4, 'Uint32'),
  int64: { size: 8, set: (at, value) => `setInt64(v, ${at}, ${value})`, get: (at) => `getInt64(v, ${at})` },
  bigint64: viaView(8, 'BigInt64'),
  float64: viaView(8, 'Float64'),
};

function source(root: StructPlan): string {
  const functions: string[] = [];
  const visit = (plan: StructPlan): void => {
    for (const field of plan.all) {
      const inner = field.struct ?? field.element?.struct;
      if (inner) visit(inner);
    }
    functions.push(encoder(plan), decoder(plan), defaultTester(plan));
  };
  visit(root);
  const exports = `return { encode: ${id('encode', root)}, decode: ${id('decode', root)} };`;
  return ['"use strict";', ...functions, exports].join('\n');
}

const id = (verb: string, plan: StructPlan): string => `${verb}_${plan.path.replaceAll('.', '_')}`;
/** Field names become locals; the prefix keeps them clear of JavaScript's words and of our own names. */
const local = (field: FieldPlan): string => `$${field.name}`;

function literal(field: FieldPlan): string {
  if (field.default === null) return 'null';
  if (field.kind === 'array') return '[]';
  if (field.kind === 'bytes') return 'noBytes';
  if (field.struct) return `{ ${field.struct.all.map((inner) => `${inner.name}: ${literal(inner)}`).join(', ')} }`;
  return typeof field.default === 'bigint' ? `${field.default}n` : JSON.stringify(field.default);
}

function isDefault(field: FieldPlan, value: string): string {
  if (field.default === null) return `${value} === null`;
  if (field.kind === 'array' || field.kind === 'bytes') return `(${value} !== null && ${value}.length === 0)`;
  if (field.struct) return `(${value} !== null && ${id('isDefault', field.struct)}(${value}))`;
  return `${value} === ${literal(field)}`;
}

function defaultTester(plan: StructPlan): string {
  const tests = plan.all.map((field) => `(o.${field.name} === undefined || ${isDefault(field, `o.${field.name}`)})`);
  return `function ${id('isDefault', plan)}(o) { return ${tests.join(' && ') || 'true'}; }`;
}

/** Calls `together` for each run of neighbouring fixed-size fields and `alone` for every other field, in order. */
function inRuns(
  fields: readonly FieldPlan[],
  together: (run: { field: FieldPlan; fixed: Fixed; at: number }[], size: number) => void,
  alone: (field: FieldPlan) => void,
): void {
  let run: { field: FieldPlan; fixed: Fixed; at: number }[] = [];
  let size = 0;
  const flush = (): void => {
    if (run.length > 0) together(run, size);
    run = [];
    size = 0;
  };
  for (const field of fields) {
    const kind = fixed[field.kind];
    if (kind) {
      run.push({ field, fixed: kind, at: size });
      size += kind.size;
    } else {
      flush();
      alone(field);
    }
  }
  flush();
}

const offset = (base: string, at: number): string => (at === 0 ? base : `${base} + ${at}`);

function encoder(plan: StructPlan): string {
  const body: string[] = [];
  const load = (field: FieldPlan): void => {
    const name = local(field);
    body.push(`let ${name} = o.${field.name}; if (${name} === undefined) ${name} = ${literal(field)};`);
  };
  for (const field of plan.absent) {
    if (field.ignorable) continue;
    const value = `o.${field.name}`;
    body.push(
      `if (${value} !== undefined && !(${isDefault(field, value)}))`,
      `  throw new WireError("${plan.path}.${field.name} cannot be written in this version");`,
    );
  }
  inRuns(
    plan.wire,
    (run, size) => {
      for (const { field } of run) load(field);
      body.push(`{ const v = w.room(${size}), p = w.position;`);
      for (const { field, fixed, at } of run) body.push(`  ${fixed.set(offset('p', at), local(field))};`);
      body.push(`  w.position = p + ${size}; }`);
    },
    (field) => {
      load(field);
      body.push(writeValue(field, local(field), `${plan.path}.${field.name}`));
    },
  );
  if (plan.flexible && plan.tagged.length === 0) body.push('w.uvarint(0);');
  if (plan.flexible && plan.tagged.length > 0) {
    body.push('let tags = 0;');
    for (const field of plan.tagged) {
      const [name, has] = [local(field), `has${local(field)}`];
      body.push(`const ${name} = o.${field.name}, ${has} = ${name} !== undefined && !(${isDefault(field, name)});`);
      body.push(`if (${has}) tags++;`);
    }
    body.push('w.uvarint(tags);', 'if (tags === 0) return;');
    for (const field of plan.tagged) {
      const value = writeValue(field, local(field), `${plan.path}.${field.name}`);
      body.push(
        `if (has${local(field)}) { w.uvarint(${field.tag}); const s = w.openSection(); ${value} w.closeSection(s); }`,
      );
    }
  }
  return `function ${id('encode', plan)}(w, o) {\n  ${body.join('\n  ')}\n}`;
}

function writeValue(field: FieldPlan, value: string, path: string): string {
  const size = field.compact ? `w.uvarint(${value}.length + 1)` : `w.int32(${value}.length)`;
  const nothing = field.compact ? 'w.uvarint(0)' : field.kind === 'string' ? 'w.int16(-1)' : 'w.int32(-1)';
  const onNull = field.nullable ? nothing : `throw new WireError("${path} must not be null")`;
  switch (field.kind) {
    case 'string':
      return `if (${value} === null) ${onNull}; else w.${field.compact ? 'compactString' : 'string'}(${value});`;
    case 'bytes':
    case 'records':
      return `if (${value} === null) ${onNull}; else { ${size}; w.raw(${value}); }`;
    case 'array': {
      const item = writeValue(field.element as FieldPlan, `${value}[i]`, `${path}[]`);
      return `if (${value} === null) ${onNull}; else { ${size}; for (let i = 0; i < ${value}.length; i++) { ${item} } }`;
    }
    case 'struct': {
      const call = `${id('encode', field.struct as StructPlan)}(w, ${value})`;
      // Whether a nullable struct follows is a byte, but in a tagged section a varint.
      const [no, yes] = field.tag === undefined ? ['w.int8(-1)', 'w.int8(1)'] : ['w.uvarint(0)', 'w.uvarint(1)'];
      return field.nullable
        ? `if (${value} === null) ${no}; else { ${yes}; ${call}; }`
        : `if (${value} === null) ${onNull}; else ${call};`;
    }
    default:
      return `w.${field.kind}(${value});`;
  }
}

function decoder(plan: StructPlan): string {
  const body: string[] = [];
  if (plan.wire.some((field) => fixed[field.kind] !== undefined)) body.push('const v = r.view;');
  inRuns(
    plan.wire,
    (run, size) => {
      const start = `p${body.length}`;
      body.push(`const ${start} = r.take(${size});`);
      for (const { field, fixed, at } of run) body.push(`const ${local(field)} = ${fixed.get(offset(start, at))};`);
    },
    (field) => body.push(`let ${local(field)}; ${readValue(field, local(field))}`),
  );
  for (const field of plan.tagged) body.push(`let ${local(field)} = ${literal(field)};`);
  if (plan.flexible) {
    const known = plan.tagged.map((field) => `case ${field.tag}: { ${readValue(field, local(field))} break; }`);
    body.push(
      `for (let left = r.uvarint() | 0; left > 0; left--) {`,
      `  const tag = r.uvarint(), size = r.uvarint(), end = r.position + size;`,
      `  switch (tag) { ${known.join(' ')} default: r.take(size); }`,
      `  if (r.position !== end) throw new WireError("${plan.path}: tag " + tag + " is not " + size + " bytes long"); }`,
    );
  }
  const absent = new Set(plan.absent);
  const properties = plan.all.map((field) => `${field.name}: ${absent.has(field) ? literal(field) : local(field)}`);
  return `function ${id('decode', plan)}(r) {\n  ${body.join('\n  ')}\n  return { ${properties.join(', ')} };\n}`;
}

/** Statements that assign the field's value to `target`. */
function readValue(field: FieldPlan, target: string): string {
  const size = field.compact ? '(r.uvarint() | 0) - 1' : field.kind === 'string' ? 'r.int16()' : 'r.int32()';
  const orNull = (value: string): string => (field.nullable ? value : `r.present(${value})`);
  switch (field.kind) {
    case 'string':
      return `${target} = ${orNull(`r.text(${size})`)};`;
    case 'bytes':
    case 'records':
      return `${target} = ${orNull(`r.raw(${size})`)};`;
    case 'array': {
      const element = field.element as FieldPlan;
      const item = readValue(element, `${target}[i]`);
      const items = orNull(`r.elements(count, ${element.leastBytes}, ${element.values})`);
      return `{ const count = ${size}; ${target} = ${items}; for (let i = 0; i < count; i++) { ${item} } }`;
    }
    case 'struct': {
      const call = `${id('decode', field.struct as StructPlan)}(r)`;
      const absent = field.tag === undefined ? 'r.int8() < 0' : 'r.uvarint() === 0';
      return `${target} = ${field.nullable ? `${absent} ? null : ${call}` : call};`;
    }
    default:
      return `${target} = r.${field.kind}();`;
  }
}
